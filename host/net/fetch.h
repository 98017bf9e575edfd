/* One request over the network and what came of it, many at a time: always with a deadline and a
   size limit, never along a redirect, only to addresses that were checked after the name was looked
   up. The only files that see libcurl's headers. */
#ifndef DUBAN_FETCH_H
#define DUBAN_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "net/address.h"
#include "net/request.h"
#include "net/sent.h"

#define FETCH_ANSWER_MAX ((size_t)64 * 1024)
#define FETCH_CONNECT_MS 10000
#define FETCH_TOTAL_MS 30000
#define FETCH_RUNNING_MAX 512

struct fetch;

/* What holds for every request of a channel; borrowed while one of them runs. NULL: not set. */
struct fetch_way {
    int64_t number; /* no other way ever has the same; a pointer may come again */
    const struct address_list *allow;
    const char *ca;    /* path of a PEM bundle, instead of the system's */
    const char *cert;  /* path of a PEM certificate of ours */
    const char *key;   /* its private key, as PEM text */
    const char *proxy; /* URL */
};

struct fetch_order {
    const struct fetch_way *way;
    const struct request *request; /* borrowed until the end is told */
    int64_t timeout_ms;            /* 0, or more than it: FETCH_TOTAL_MS */
    bool is_repeatable;            /* the receiver drops a repeat, so a dead connection is no end */
    void *owner;
};

struct fetch_end {
    void *owner;
    struct reply reply; /* its body is borrowed until fetch_release */
    int64_t micros;
};

/* False when the library or the kernel has no place for it. */
MUST_USE bool fetch_open(struct fetch **out, struct err *err);
void fetch_close(struct fetch *fetch); /* accepts NULL; owners of what still runs are not told */
/* Begins; its end comes by fetch_next. ERR_DENIED when the URL is not one that may be called,
   ERR_INVALID when it is none; then nothing began. */
MUST_USE bool fetch_start(struct fetch *fetch, const struct fetch_order *order, struct err *err);
/* Works until something ended, fd is readable (or writable, if asked), or timeout_ms passed (-1:
   never). True when fd is ready. */
bool fetch_turn(struct fetch *fetch, int fd, bool wants_write, int64_t timeout_ms);
/* The next that ended. Every one must be released, which ends what it borrowed. */
bool fetch_next(struct fetch *fetch, struct fetch_end *out);
void fetch_release(struct fetch *fetch);
/* Ends all that runs at once; each is told as an end. */
void fetch_cut(struct fetch *fetch);
/* Forgets a way, whose handles may hold copies of its secrets. */
void fetch_forget(struct fetch *fetch, const struct fetch_way *way);
size_t fetch_running(const struct fetch *fetch);

#endif
