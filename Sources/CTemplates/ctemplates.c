// Lists every file of templates/; ReportsTests compares the list with the folder.
#include "ctemplates.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char t0[] = {
#embed "../../templates/mail/acknowledgement.mustache"
};
static const unsigned char t1[] = {
#embed "../../templates/mail/notice.mustache"
};
static const unsigned char t2[] = {
#embed "../../templates/mail/notices.mustache"
};
static const unsigned char t3[] = {
#embed "../../templates/mail/refused.mustache"
};
static const unsigned char t4[] = {
#embed "../../templates/mail/reply.html.mustache"
};
static const unsigned char t5[] = {
#embed "../../templates/mail/reply.mustache"
};
static const unsigned char t6[] = {
#embed "../../templates/page/chat.css"
};
static const unsigned char t7[] = {
#embed "../../templates/page/chat.js"
};
static const unsigned char t8[] = {
#embed "../../templates/page/chat.mustache"
};
static const unsigned char t9[] = {
#embed "../../templates/page/conversation.mustache"
};
static const unsigned char t10[] = {
#embed "../../templates/page/conversations.mustache"
};
static const unsigned char t11[] = {
#embed "../../templates/page/dashboard.mustache"
};
static const unsigned char t12[] = {
#embed "../../templates/page/enter.mustache"
};
static const unsigned char t13[] = {
#embed "../../templates/page/foot.mustache"
};
static const unsigned char t14[] = {
#embed "../../templates/page/head.mustache"
};
static const unsigned char t15[] = {
#embed "../../templates/page/ledger.mustache"
};
static const unsigned char t16[] = {
#embed "../../templates/page/mail.mustache"
};
static const unsigned char t17[] = {
#embed "../../templates/page/message.mustache"
};
static const unsigned char t18[] = {
#embed "../../templates/page/page.css"
};
static const unsigned char t19[] = {
#embed "../../templates/page/page.js"
};
static const unsigned char t20[] = {
#embed "../../templates/page/release.mustache"
};
static const unsigned char t21[] = {
#embed "../../templates/page/ticket.mustache"
};
static const unsigned char t22[] = {
#embed "../../templates/page/tickets.mustache"
};
static const unsigned char t23[] = {
#embed "../../templates/report/answered-rows.mustache"
};
static const unsigned char t24[] = {
#embed "../../templates/report/bar-rows.mustache"
};
static const unsigned char t25[] = {
#embed "../../templates/report/bars.mustache"
};
static const unsigned char t26[] = {
#embed "../../templates/report/conversation.mustache"
};
static const unsigned char t27[] = {
#embed "../../templates/report/digest.mustache"
};
static const unsigned char t28[] = {
#embed "../../templates/report/digest.text.mustache"
};
static const unsigned char t29[] = {
#embed "../../templates/report/evaluation.mustache"
};
static const unsigned char t30[] = {
#embed "../../templates/report/figures.mustache"
};
static const unsigned char t31[] = {
#embed "../../templates/report/messages.mustache"
};
static const unsigned char t32[] = {
#embed "../../templates/report/party.mustache"
};
static const unsigned char t33[] = {
#embed "../../templates/report/sources.mustache"
};
static const unsigned char t34[] = {
#embed "../../templates/report/style.mustache"
};
static const unsigned char t35[] = {
#embed "../../templates/report/ticket-rows.mustache"
};
static const unsigned char t36[] = {
#embed "../../templates/report/ticket-table.mustache"
};
static const unsigned char t37[] = {
#embed "../../templates/report/tickets.mustache"
};
static const unsigned char t38[] = {
#embed "../../templates/report/unread-rows.mustache"
};
static const unsigned char t39[] = {
#embed "../../templates/web/openapi.json"
};
static const unsigned char t40[] = {
#embed "../../templates/words/ar.mustache"
};
static const unsigned char t41[] = {
#embed "../../templates/words/cs.mustache"
};
static const unsigned char t42[] = {
#embed "../../templates/words/da.mustache"
};
static const unsigned char t43[] = {
#embed "../../templates/words/de.mustache"
};
static const unsigned char t44[] = {
#embed "../../templates/words/en.mustache"
};
static const unsigned char t45[] = {
#embed "../../templates/words/es.mustache"
};
static const unsigned char t46[] = {
#embed "../../templates/words/fr.mustache"
};
static const unsigned char t47[] = {
#embed "../../templates/words/it.mustache"
};
static const unsigned char t48[] = {
#embed "../../templates/words/ja.mustache"
};
static const unsigned char t49[] = {
#embed "../../templates/words/nl.mustache"
};
static const unsigned char t50[] = {
#embed "../../templates/words/pl.mustache"
};
static const unsigned char t51[] = {
#embed "../../templates/words/pt.mustache"
};
static const unsigned char t52[] = {
#embed "../../templates/words/ru.mustache"
};
static const unsigned char t53[] = {
#embed "../../templates/words/sv.mustache"
};
static const unsigned char t54[] = {
#embed "../../templates/words/tr.mustache"
};
static const unsigned char t55[] = {
#embed "../../templates/words/zh.mustache"
};

static const ctemplate all[] = {
    {"mail/acknowledgement.mustache", t0, sizeof t0},
    {"mail/notice.mustache", t1, sizeof t1},
    {"mail/notices.mustache", t2, sizeof t2},
    {"mail/refused.mustache", t3, sizeof t3},
    {"mail/reply.html.mustache", t4, sizeof t4},
    {"mail/reply.mustache", t5, sizeof t5},
    {"page/chat.css", t6, sizeof t6},
    {"page/chat.js", t7, sizeof t7},
    {"page/chat.mustache", t8, sizeof t8},
    {"page/conversation.mustache", t9, sizeof t9},
    {"page/conversations.mustache", t10, sizeof t10},
    {"page/dashboard.mustache", t11, sizeof t11},
    {"page/enter.mustache", t12, sizeof t12},
    {"page/foot.mustache", t13, sizeof t13},
    {"page/head.mustache", t14, sizeof t14},
    {"page/ledger.mustache", t15, sizeof t15},
    {"page/mail.mustache", t16, sizeof t16},
    {"page/message.mustache", t17, sizeof t17},
    {"page/page.css", t18, sizeof t18},
    {"page/page.js", t19, sizeof t19},
    {"page/release.mustache", t20, sizeof t20},
    {"page/ticket.mustache", t21, sizeof t21},
    {"page/tickets.mustache", t22, sizeof t22},
    {"report/answered-rows.mustache", t23, sizeof t23},
    {"report/bar-rows.mustache", t24, sizeof t24},
    {"report/bars.mustache", t25, sizeof t25},
    {"report/conversation.mustache", t26, sizeof t26},
    {"report/digest.mustache", t27, sizeof t27},
    {"report/digest.text.mustache", t28, sizeof t28},
    {"report/evaluation.mustache", t29, sizeof t29},
    {"report/figures.mustache", t30, sizeof t30},
    {"report/messages.mustache", t31, sizeof t31},
    {"report/party.mustache", t32, sizeof t32},
    {"report/sources.mustache", t33, sizeof t33},
    {"report/style.mustache", t34, sizeof t34},
    {"report/ticket-rows.mustache", t35, sizeof t35},
    {"report/ticket-table.mustache", t36, sizeof t36},
    {"report/tickets.mustache", t37, sizeof t37},
    {"report/unread-rows.mustache", t38, sizeof t38},
    {"web/openapi.json", t39, sizeof t39},
    {"words/ar.mustache", t40, sizeof t40},
    {"words/cs.mustache", t41, sizeof t41},
    {"words/da.mustache", t42, sizeof t42},
    {"words/de.mustache", t43, sizeof t43},
    {"words/en.mustache", t44, sizeof t44},
    {"words/es.mustache", t45, sizeof t45},
    {"words/fr.mustache", t46, sizeof t46},
    {"words/it.mustache", t47, sizeof t47},
    {"words/ja.mustache", t48, sizeof t48},
    {"words/nl.mustache", t49, sizeof t49},
    {"words/pl.mustache", t50, sizeof t50},
    {"words/pt.mustache", t51, sizeof t51},
    {"words/ru.mustache", t52, sizeof t52},
    {"words/sv.mustache", t53, sizeof t53},
    {"words/tr.mustache", t54, sizeof t54},
    {"words/zh.mustache", t55, sizeof t55},
};

size_t ctemplates_count(void) { return sizeof all / sizeof all[0]; }
ctemplate ctemplates_at(size_t index) { return all[index]; }
