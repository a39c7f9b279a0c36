// Calls CLD2's summary on text whose UTF-8 it checks first.
#include "ccld2.h"

#include <cstdio>  // compact_lang_det.h uses FILE and does not include it
#include <cstdlib>

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>

// CLD2 takes some 200 KB for every text and frees them again, and glibc gives what lies free at the top of its heap back
// to the system beyond 128 KB: two calls into the kernel and some fifty page faults a text, a third of the time a short
// mail takes. Freeing one mapped block raises that threshold to twice its size for good (mallopt(3), M_MMAP_THRESHOLD).
extern "C" void ccld2_prepare(void) {
    void *volatile block = std::malloc(2 << 20);
    std::free(block);
}

extern "C" void ccld2_detect(const char *utf8, int length, ccld2_guess *out) {
    const int bestEffort = 0x4000;
    CLD2::Language languages[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
    int percents[3] = {0, 0, 0};
    double scores[3] = {0, 0, 0};
    int bytes = 0;
    int valid = 0;
    bool reliable = false;
    CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::ExtDetectLanguageSummaryCheckUTF8(utf8, length, true, &hints, bestEffort, languages, percents, scores,
                                            nullptr, &bytes, &reliable, &valid);
    for (int i = 0; i < 3; i++) {
        out->code[i] = CLD2::LanguageCode(languages[i]);
        out->percent[i] = percents[i];
        out->score[i] = scores[i];
    }
    out->reliable = reliable ? 1 : 0;
    out->valid = valid;
}
