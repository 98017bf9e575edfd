/* The hash chain of a case: every row covers the row before it, by natural keys only, so that an
   exported case verifies elsewhere. hash = SHA-256( previous hash ‖ codec list [ number, seq,
   is_input, kind, name, at, now, occurred, actor, recorder, version hash, calendar hash, line ] ‖
   SHA-256 of the body ). */
#ifndef DUBAN_CHAIN_H
#define DUBAN_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "store/store.h"

/* Bytes that somebody else owns; bytes NULL is "nothing there". */
struct span {
    const char *bytes;
    size_t length;
};

struct span span_of(const char *text); /* NULL gives nothing */
bool span_is(struct span span, const char *text);

/* One row of events as the chain sees it. */
struct event {
    struct span number; /* of the case */
    int64_t seq;
    bool is_input;
    struct span kind;
    struct span name;
    int64_t at;
    int64_t now;
    bool has_occurred;
    int64_t occurred;     /* a day */
    struct span actor;    /* person's code */
    struct span recorder; /* account's name */
    struct span version;  /* hash in hex */
    struct span calendar; /* hash in hex */
    int64_t line;
    struct span body; /* canonical JSON */
    unsigned char digest[DIGEST_SIZE];
    unsigned char hash[DIGEST_SIZE];
};

struct chain;

/* Holds one digest and one buffer for reuse. free accepts NULL. */
struct chain *chain_new(void);
void chain_free(struct chain *chain);
/* Fills event->digest (of the body; left as it is when the body is nothing) and event->hash. */
void chain_hash(struct chain *chain, const unsigned char previous[static DIGEST_SIZE],
                struct event *event);

struct chain_report {
    int64_t rows;
    int64_t destroyed; /* bodies that are lawfully gone */
    int64_t broken;    /* rows whose digest or hash is not what it should be */
    int64_t first_broken;
};
/* Recomputes the whole chain of one case against its rows and its head. The sentence of the first
   fault goes to finding (may be NULL). false only when the store fails. */
MUST_USE bool chain_verify(struct chain *chain, struct store *store, int64_t case_id,
                           struct chain_report *report, struct err *finding, struct err *err);

#endif
