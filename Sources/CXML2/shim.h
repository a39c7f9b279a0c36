// The HTML parser and the tree of libxml2.
#include <libxml/xmlversion.h>
// Debian's libxml2 includes ICU's headers, which contradict those of Swift's Foundation. Only the end of
// xmlCharEncodingHandler depends on them, which nobody here looks into.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
