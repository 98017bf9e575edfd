/* Delivery: messages with a channel are claimed, handed to the courier, and what came of them is
   recorded, hundreds in one commit. One step never waits, so that a loop that serves others can
   call it; keeper_deliver is such a loop for a command. */
#ifndef DUBAN_DELIVER_H
#define DUBAN_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/retry.h"
#include "serve/courier_link.h"

struct keeper;
struct deliver;

#define DELIVER_NEVER INT64_MAX

/* What was done since the report was zeroed. */
struct deliver_report {
    int64_t routed;
    int64_t claimed;     /* attempts begun */
    int64_t outcomes[7]; /* by enum sent_kind */
    int64_t sent;        /* messages that reached their platform */
    int64_t dead;        /* messages given up, those out of date or without a way among them */
    int64_t asked;       /* messages of which nobody knows whether they arrived */
    int64_t waiting;     /* still waiting when a round ended, by keeper_deliver alone */
};

/* An attempt that did not succeed. Texts live until the callback returns. */
struct deliver_failure {
    int64_t outbox_id;
    int64_t attempt;
    const char *channel;
    enum sent_kind outcome;
    const struct retry_next *next; /* what becomes of the message */
    const char *code;
    const char *text;
    const char *hint;
};
typedef void deliver_failure_fn(void *context, const struct deliver_failure *failure);

struct deliver_options {
    bool is_until_empty; /* waits for retries too; else a round ends when nothing is due */
    int64_t deadline;    /* of clock_steady; 0: none */
    deliver_failure_fn *each;
    void *context;
};

/* ---- step by step ---- */

/* Borrows keeper and link, which outlive it. In a transaction of its own it notices another boot.
 */
MUST_USE bool deliver_open(struct keeper *keeper, struct courier_link *link,
                           const struct deliver_options *options, struct deliver **out,
                           struct err *err);
/* What is under way is left to its lease, when the courier is lost with it; accepts NULL. */
void deliver_close(struct deliver *deliver);
/* Does what can be done now and adds it to report; false when the store fails. */
MUST_USE bool deliver_step(struct deliver *deliver, struct deliver_report *report, struct err *err);
/* The configuration was read again: its channels are as they are now. What is under way ends as it
   began. */
MUST_USE bool deliver_reload(struct deliver *deliver, struct err *err);
/* Readable when outcomes are there; -1 while there is no courier. */
int deliver_fd(const struct deliver *deliver);
/* The fd is also to be watched for being writable. */
bool deliver_is_behind(const struct deliver *deliver);
/* When the next step will do something without an outcome having come, of clock_steady; now or
   earlier when something was written to the store since, soon while the fd takes no more. */
int64_t deliver_wake_at(const struct deliver *deliver);
/* Attempts under way. */
size_t deliver_under_way(const struct deliver *deliver);

/* ---- for a command ---- */

/* Steps until nothing is due and nothing under way, or until the deadline. */
MUST_USE bool keeper_deliver(struct keeper *keeper, struct courier_link *link,
                             const struct deliver_options *options, struct deliver_report *report,
                             struct err *err);

#endif
