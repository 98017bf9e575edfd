/* One request as the courier's fetching carries it out: everything it needs, secrets included, so
   it lives only as long as the transfer. */
#ifndef DUBAN_REQUEST_H
#define DUBAN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define REQUEST_BODY_MAX ((size_t)1 << 20)

struct request {
    const char *method; /* "POST"; "MAIL" for SMTP, "FILE" for the folder; never NULL once built */
    struct buf url;     /* FILE: the name inside the folder */
    struct buf headers; /* "Name: value\n" each */
    struct buf body;    /* MAIL: the whole source with CRLF */
    bool is_mail;
    bool needs_tls; /* MAIL: STARTTLS, or nothing is sent */
    struct buf from;
    struct buf to; /* one address a line */
    struct buf user;
    struct buf password;
};

void request_init(struct request *request);
/* Overwrites what it held, then frees it. */
void request_clear(struct request *request);
/* The same on the heap; free accepts NULL. */
struct request *request_new(void);
void request_free(struct request *request);
void request_header(struct request *request, const char *name, const char *value);
/* Appends name=value to the query of the address, percent-encoded. */
void request_query(struct request *request, const char *name, const char *value);
/* The address without trailing slashes, then the path. */
void request_path(struct request *request, const char *base, const char *path);
/* One more segment of the path, percent-encoded. */
void request_segment(struct request *request, const char *segment);
/* False, with a sentence, when something did not fit its ceiling. */
MUST_USE bool request_is_whole(const struct request *request, struct err *err);
/* http or https, a host, and only characters that an address may hold. */
bool request_is_url(const char *text);
/* True for a text without control characters that fits a header's line. */
bool request_is_line(const char *text);

#endif
