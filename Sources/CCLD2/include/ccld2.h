// One C door to CLD2, which is C++ and has no pkg-config file.
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
typedef struct {
    const char *code[3];  // CLD2's own codes, static strings
    int percent[3];
    double score[3];
    int reliable;
    int valid;            // bytes of valid UTF-8 at the beginning
} ccld2_guess;
// Once before the first text; see the source.
void ccld2_prepare(void);
// Three most likely languages of UTF-8 text, by best effort (kCLDFlagBestEffort).
void ccld2_detect(const char *utf8, int length, ccld2_guess *out);
#ifdef __cplusplus
}
#endif
