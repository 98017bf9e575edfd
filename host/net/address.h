/* What kind of place an IP address is, and whether an administrator's list allows it. Pure: no name
   is looked up here. */
#ifndef DUBAN_ADDRESS_H
#define DUBAN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

enum address_class {
    ADDRESS_PUBLIC,
    ADDRESS_LOOPBACK,
    ADDRESS_PRIVATE,    /* RFC 1918, unique local, site local */
    ADDRESS_SHARED,     /* 100.64/10, behind a carrier's NAT */
    ADDRESS_LINK_LOCAL, /* never reached by a name that was allowed, only by its number */
    ADDRESS_METADATA,   /* where clouds hand out credentials; likewise */
    ADDRESS_UNSPECIFIED,
    ADDRESS_MULTICAST,
    ADDRESS_RESERVED /* documentation, benchmarks, broadcast, Teredo, what is not assigned */
};

struct address {
    bool is_six;
    unsigned char bytes[16]; /* the first four of IPv4 */
};

/* Four decimal numbers, or IPv6 with or without brackets; nothing else, so no octal and no zone. */
MUST_USE bool address_parse(const char *text, struct address *out);
/* An IPv4 address that rides in an IPv6 one (mapped, translated, compatible, NAT64, 6to4) is judged
   as what it carries. */
enum address_class address_classify(const struct address *address);
/* "loopback", "link-local" …: for the sentence of a refusal, in the reader's language. */
const char *address_class_name(enum address_class class);

struct address_list;

/* Reads a list of texts: "10.1.2.3", "10.0.0.0/8", "fd00::/8", "gate.local", "*.gov.local", each
   with ":port" if it is for that port only ("[fd00::1]:8443"). NULL gives an empty list. The caller
   frees *out. ERR_INVALID names the entry. */
MUST_USE bool address_list_read(const struct value *list, struct address_list **out,
                                struct err *err);
void address_list_free(struct address_list *list); /* accepts NULL */

/* True when the list names this host itself: by its name, or, when it is a number, by a network
   that holds it. list may be NULL. */
bool address_is_listed(const struct address_list *list, const char *host, int64_t port);

/* One connection about to be made. */
struct address_try {
    const char *host; /* as the URL says it, without brackets */
    int64_t port;
    const struct address *address; /* where the name led; NULL: a proxy will look it up */
    bool is_plain;                 /* without TLS: only where the administrator listed it */
    bool is_named;                 /* the administrator wrote this host down himself: a proxy */
};

/* True when the connection may be made: a public address under TLS, or one that the list allows by
   name or number. A name that is listed reaches loopback, private and shared addresses; the other
   kinds want their number in the list; multicast and unspecified ones are never reached. list may
   be NULL. */
bool address_is_allowed(const struct address_list *list, const struct address_try *try);

#endif
