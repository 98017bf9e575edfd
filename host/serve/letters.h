/* Messages on their way to somebody: who is told, through which channel, when, and in which words.
   Sending is the work of others. Nothing here costs a decision anything: it runs between them. */
#ifndef DUBAN_LETTERS_H
#define DUBAN_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

struct actor;
struct keeper;

#define LETTERS_TOKEN 33 /* 128 bits in hex, with NUL */
#define LETTERS_DOWN \
    "channel_down"              /* the template that tells of a channel that lets nothing through */
#define LETTERS_DIGEST "digest" /* the template of what was collected */

/* Finds person, channel, priority, expiry for up to limit messages that have none, in one
   transaction (the caller's when there is one): they are ready to be claimed, held with a reason,
   collected for a digest, or dead with a reason and their case told. *count is how many were looked
   at. On a site without a route nothing is looked at. */
MUST_USE bool letters_route(struct keeper *keeper, int64_t limit, int64_t *count, struct err *err);

/* What waited long enough at the site's instant `now`, in one transaction (the caller's when there
   is one): held messages are looked at again (the case was closed since: cancelled; out of date:
   dead; else they find person, channel and words anew) and digests are flushed. Then letters_route.
 */
MUST_USE bool letters_release(struct keeper *keeper, int64_t now, struct err *err);
/* When letters_release has something to do next, on the site's clock; INT64_MAX: nothing. */
MUST_USE bool letters_due(struct keeper *keeper, int64_t *at, struct err *err);

/* The neutral message of a row that has its channel, the caller's: { id, number, title, facts,
   body, link, severity, to = { name, address }, mention, type, template_hash, at }. Where the
   configuration has a link, it carries a fresh token of acknowledgement, whose hash is put into the
   row in the caller's transaction. A template that cannot be read is ERR_INVALID or ERR_MISSING. */
MUST_USE bool letters_make(struct keeper *keeper, int64_t outbox_id, struct value **message,
                           struct err *err);

/* The same as it would be now, to be looked at: the link has no token, and nothing is written. */
MUST_USE bool letters_draft(struct keeper *keeper, int64_t outbox_id, struct value **message,
                            struct err *err);

/* What a token of acknowledgement did. */
struct letters_seen {
    bool is_first;   /* it had not been used before */
    int64_t seen_at; /* the site's clock */
    char person[256];
    char number[128]; /* of the case; "" for a digest or a message of no case */
    size_t facts;     /* recorded by this use */
};
/* Uses a token once: the fact `seen` is recorded for the person on the case (on each of a digest),
   and the row keeps when. A second use changes nothing and says when the first was. Whatever is no
   token in use is ERR_MISSING, in the same words. */
MUST_USE bool letters_acknowledge(struct keeper *keeper, const struct actor *recorder,
                                  const char *token, struct letters_seen *out, struct err *err);

/* Takes the token out of a message's link, in place: for whoever shows it. */
void letters_hide_token(struct value *message);
/* The SHA-256 under which a token stands in its row. */
void letters_token_hash(const char *token, char out[static 65]);

#endif
