// The files of templates/, carried in the binary.
#pragma once
#include <stddef.h>

typedef struct {
    const char *name;            // path below templates/: "mail/reply.mustache"
    const unsigned char *bytes;  // UTF-8, not ended by NUL
    size_t count;
} ctemplate;

size_t ctemplates_count(void);
ctemplate ctemplates_at(size_t index);
