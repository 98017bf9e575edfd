/* Messages on their way out: claimed for a channel with a lease, their attempts begun and ended.
   All of it runs in the caller's transaction, so that one commit carries hundreds. No clock is read
   here: instants of the boot (leases, retries), of the site (expiry) and of the wall (what people
   read) are given. */
#ifndef DUBAN_OUTBOX_CLAIM_H
#define DUBAN_OUTBOX_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/retry.h"
#include "store/store.h"

#define OUTBOX_CHANNEL 64 /* bytes of a channel's name, with its NUL */
#define OUTBOX_PRIORITIES 4
#define OUTBOX_BULK 3 /* the priority of what is sent to many */
#define OUTBOX_FOR_EVER INT64_MAX

struct outbox_clocks {
    int64_t boot; /* clock_steady */
    int64_t site; /* site_now */
    int64_t wall; /* clock_now */
};

/* One message of a channel that was taken out of the queue, its attempt begun. */
struct outbox_claim {
    int64_t outbox_id;
    int64_t attempt;    /* its number; 1 is the first ever */
    int64_t expires_at; /* the site's clock; OUTBOX_FOR_EVER */
    bool is_again;      /* an earlier attempt may have arrived */
    char *message;      /* canonical JSON as it was first sent; NULL: not rendered yet */
};

struct outbox_turn {
    const char *channel;
    struct outbox_clocks clocks;
    int64_t lease_until;
    size_t limit;
    bool is_bulk_held; /* nothing of OUTBOX_BULK just now */
};
/* Takes up to limit due messages by priority, retry_at and id; claims has room for limit. Reads
   only what it takes. *count is set also on failure: outbox_claims_clear then. */
MUST_USE bool outbox_claim(struct store *store, const struct outbox_turn *turn,
                           struct outbox_claim *claims, size_t *count, struct err *err);
void outbox_claims_clear(struct outbox_claim *claims, size_t count);
/* Keeps the neutral message of a row for its later attempts. */
MUST_USE bool outbox_keep_message(struct store *store, int64_t outbox_id, const char *message,
                                  struct err *err);

/* What came of an attempt, in the platform's own words. */
struct outbox_result {
    int64_t outbox_id;
    int64_t attempt;
    enum sent_kind outcome;
    int64_t after_ms;
    int64_t status;   /* HTTP's or SMTP's; 0: no answer */
    int64_t micros;   /* -1: no outcome came back */
    int64_t bytes;    /* of the body */
    const char *code; /* borrowed, never NULL */
    const char *text;
    const char *hint; /* what to do, in the reader's language */
};
/* How a channel treats its messages. */
struct outbox_ways {
    bool has_key;
    bool holds;
    int64_t pause_ms;
};
/* Ends the attempt and puts the message where it belongs; next tells what that means for the
   channel. A verdict that comes after its lease ran out still settles the message when it was
   accepted; otherwise *is_late is set and nothing is written. */
MUST_USE bool outbox_record(struct store *store, const struct outbox_ways *ways,
                            const struct outbox_clocks *clocks, const struct outbox_result *result,
                            struct retry_next *next, bool *is_late, struct err *err);

/* The attempt never began: it is forgotten, and the message waits as it did. */
MUST_USE bool outbox_return(struct store *store, int64_t outbox_id, int64_t attempt,
                            struct err *err);

/* Attempts whose lease ran out: nobody is left who could tell their outcome. */
struct outbox_lapse {
    int64_t outbox_id;
    int64_t attempt;
    char channel[OUTBOX_CHANNEL];
};
MUST_USE bool outbox_lapsed(struct store *store, int64_t boot, struct outbox_lapse *list,
                            size_t limit, size_t *count, struct err *err);
/* Up to limit waiting messages that are out of date at that instant of the site become dead. */
MUST_USE bool outbox_expire(struct store *store, int64_t site, size_t limit, int64_t *changed,
                            struct err *err);
/* Up to limit messages bound for a channel that is gone have none again. */
MUST_USE bool outbox_unroute(struct store *store, const char *channel, size_t limit,
                             int64_t *changed, struct err *err);
/* Spreads up to limit messages in bulk that nobody tried yet over the next span_ms. *changed 0:
   there are fewer than `from` of them. */
MUST_USE bool outbox_scatter(struct store *store, const char *channel, int64_t boot, int64_t from,
                             int64_t span_ms, size_t limit, int64_t *changed, struct err *err);
/* The least channel above a name that messages wait for; "" when there is none. */
MUST_USE bool outbox_next_channel(struct store *store, const char *above,
                                  char out[static OUTBOX_CHANNEL], struct err *err);
/* When the first message of a channel is due (of the boot), of priorities below `below`;
   OUTBOX_FOR_EVER when none waits. */
MUST_USE bool outbox_due(struct store *store, const char *channel, int below, int64_t *at,
                         struct err *err);
/* When the first lease runs out (of the boot), and the first waiting message its time (the site's).
 */
MUST_USE bool outbox_lease_due(struct store *store, int64_t *at, struct err *err);
MUST_USE bool outbox_expiry_due(struct store *store, int64_t *at, struct err *err);
/* Another boot began: what was to wait for an instant of the old one has waited long enough. */
MUST_USE bool outbox_forget_boot(struct store *store, struct err *err);

#endif
