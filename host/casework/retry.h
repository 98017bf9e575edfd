/* What becomes of a message after an attempt to send it: one table of rules over what is known,
   pure, so that every outcome can be tried. It reads no clock and no store. */
#ifndef DUBAN_RETRY_H
#define DUBAN_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/sent.h"

#define RETRY_ATTEMPTS 9 /* that count, in one chain */
#define RETRY_AGAIN_MS INT64_C(300000)
#define RETRY_FOR_EVER INT64_MAX

enum retry_fate {
    RETRY_SENT,
    RETRY_LATER, /* waits again for delay_ms */
    RETRY_ASK,   /* nobody knows whether it arrived: a person decides */
    RETRY_DEAD
};

enum retry_circuit {
    RETRY_CIRCUIT_SAME,
    RETRY_CIRCUIT_WORKS, /* the platform answered as it does when the channel is in order */
    RETRY_CIRCUIT_FAILS
};

struct retry_past {
    enum sent_kind outcome; /* of the attempt that has just ended */
    int64_t after_ms;       /* how long the platform asked to wait; 0: it did not say */
    int64_t pause_ms;       /* how long its kind of channel pauses when it does not say */
    const char *key;        /* the jitter comes from it and the attempt */
    int64_t attempt;        /* its number */
    int64_t attempts;       /* that counted in this chain before it */
    int64_t unknowns;       /* attempts before it, in all chains, of which no verdict came */
    bool was_refresh;       /* the attempt right before it asked for a fresh token */
    bool has_key;           /* the platform drops a repeat under the same key */
    bool holds;             /* unknown = "hold" */
    int64_t left_ms;        /* by the site's clock, until it is worth nothing; RETRY_FOR_EVER */
};

struct retry_next {
    enum retry_fate fate;
    int64_t delay_ms; /* for RETRY_LATER */
    bool counts;      /* as one of RETRY_ATTEMPTS */
    int64_t pause_ms; /* of the whole credential; 0: none */
    enum retry_circuit circuit;
    const char *why; /* a sentence in the reader's language; "" when in order */
};

/* The delay before attempt number `attempts` + 1 of a chain: 0, 30 s, 2 min … 24 h, each ±20 %, the
   same for the same key and attempt; -1 when there is none left. */
int64_t retry_delay(const char *key, int64_t attempt, int64_t attempts);
/* A number that spreads, the same for the same key and attempt, below most. */
int64_t retry_spread(const char *key, int64_t attempt, int64_t most);
void retry_decide(const struct retry_past *past, struct retry_next *next);

#endif
