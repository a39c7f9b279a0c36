// One C door to fastText, which is C++ and throws.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
typedef struct cfasttext_model cfasttext_model;
typedef struct {
    int label;          // below cfasttext_labels()
    float probability;  // 0 to 1
} cfasttext_guess;
// NULL when the file is no model that tells texts apart; then `error` (of `capacity` bytes) says why.
cfasttext_model *cfasttext_load(const char *path, char *error, int capacity);
void cfasttext_free(cfasttext_model *model);
int cfasttext_labels(const cfasttext_model *model);
// Without its "__label__"; lives as long as the model. NULL outside the range.
const char *cfasttext_label(const cfasttext_model *model, int label);
// The most likely labels of one line of UTF-8 text, best first; how many were written to `out`, at most `limit`. From
// any number of threads at once.
int cfasttext_predict(const cfasttext_model *model, const char *utf8, int length, cfasttext_guess *out, int limit);
#ifdef __cplusplus
}
#endif
