// Lists every file of templates/; ReportsTests compares the list with the folder.
#include "ctemplates.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char mail_reply[] = {
#embed "../../templates/mail/reply.mustache"
};

static const ctemplate all[] = {
    {"mail/reply", mail_reply, sizeof mail_reply},
};

size_t ctemplates_count(void) { return sizeof all / sizeof all[0]; }
ctemplate ctemplates_at(size_t index) { return all[index]; }
