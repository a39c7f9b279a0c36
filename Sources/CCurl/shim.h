// libcurl, and one typed door for each kind of its variadic options, which Swift cannot call. Beside it epoll and
// eventfd, which Swift's Glibc module lacks: the sockets that libcurl hands over are watched by them.
#pragma once
#include <curl/curl.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

typedef size_t (*ccurl_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*ccurl_debug)(CURL *handle, curl_infotype kind, char *bytes, size_t count, void *context);
typedef int (*ccurl_progress)(void *context, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow);

static inline CURLcode ccurl_set_long(CURL *c, CURLoption o, long v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode ccurl_set_size(CURL *c, CURLoption o, curl_off_t v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode ccurl_set_string(CURL *c, CURLoption o, const char *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode ccurl_set_pointer(CURL *c, CURLoption o, void *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode ccurl_set_list(CURL *c, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode ccurl_set_transfer(CURL *c, CURLoption o, ccurl_transfer v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode ccurl_set_debug(CURL *c, ccurl_debug v) { return curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, v); }
static inline CURLcode ccurl_set_progress(CURL *c, ccurl_progress v) { return curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, v); }
static inline CURLcode ccurl_get_long(CURL *c, CURLINFO i, long *v) { return curl_easy_getinfo(c, i, v); }
static inline CURLcode ccurl_get_socket(CURL *c, CURLINFO i, curl_socket_t *v) { return curl_easy_getinfo(c, i, v); }
static inline CURLMcode ccurl_multi_set_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }

// A child process must not inherit a customer's connection: closing it here would then not close it. libcurl 7.88 sets
// no close-on-exec itself, and setting it later loses the race against a fork.
static inline curl_socket_t ccurl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
static inline CURLcode ccurl_set_own_sockets(CURL *c) { return curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, ccurl_open_socket); }
