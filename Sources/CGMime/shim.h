// GMime, and doors to its function-like macros, which Swift cannot import.
#pragma once
#include <gmime/gmime.h>

static inline int cgmime_is_part(void *o) { return GMIME_IS_PART(o); }
static inline int cgmime_is_text_part(void *o) { return GMIME_IS_TEXT_PART(o); }
static inline int cgmime_is_multipart(void *o) { return GMIME_IS_MULTIPART(o); }
static inline int cgmime_is_message_part(void *o) { return GMIME_IS_MESSAGE_PART(o); }
static inline int cgmime_is_mailbox(void *o) { return INTERNET_ADDRESS_IS_MAILBOX(o); }
static inline int cgmime_is_group(void *o) { return INTERNET_ADDRESS_IS_GROUP(o); }
static inline GMimePart *cgmime_part(GMimeObject *o) { return (GMimePart *)o; }
static inline GMimeTextPart *cgmime_text_part(GMimeObject *o) { return (GMimeTextPart *)o; }
static inline GMimeMultipart *cgmime_multipart(GMimeObject *o) { return (GMimeMultipart *)o; }
static inline GMimeMessagePart *cgmime_message_part(GMimeObject *o) { return (GMimeMessagePart *)o; }
static inline InternetAddressMailbox *cgmime_mailbox(InternetAddress *a) { return (InternetAddressMailbox *)a; }
static inline InternetAddressGroup *cgmime_group(InternetAddress *a) { return (InternetAddressGroup *)a; }
// g_object_unref is typed gpointer; Swift hands over any pointer.
static inline void cgmime_unref(void *o) { g_object_unref(o); }
