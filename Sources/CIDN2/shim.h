// libidn2: internationalised domain names (RFC 5891).
#include <idn2.h>
