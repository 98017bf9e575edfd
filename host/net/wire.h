/* What the keeper and the courier say to each other: frames of base/pipe, one codec map each, over
   a pair of sockets. Neither side ever waits in here: what is there is read together, and what is
   to be said is gathered and written together.

   keeper to courier   { op="send", id, kind, channel, conf, message, key, attempt, again,
                         deadline_ms, tree? }, { op="stop" }
   courier to keeper   { op="ready" } first, then { id, outcome, status, code, text, hint, after,
                         micros, bytes, ref?, partial?, reply?, unsent? } for each job, in any order
   No secret crosses it: conf names secrets, and what comes back has them cut out. */
#ifndef DUBAN_WIRE_H
#define DUBAN_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/value.h"

#define WIRE_FRAME_MAX ((size_t)1024 * 1024)
#define WIRE_REPLY_MAX ((size_t)64 * 1024)
#define WIRE_FD 3 /* where the courier finds its end */

struct wire {
    int fd; /* non-blocking; closed by who made it */
    struct buf in;
    size_t taken; /* bytes of in that were handed out */
    struct buf out;
    size_t sent;  /* bytes of out that were written */
    size_t start; /* of the frame that is being put */
};

/* Embeds; makes fd non-blocking. */
void wire_init(struct wire *wire, int fd);
void wire_clear(struct wire *wire);
/* Reads what is there. ERR_MISSING once the other end is gone and every whole frame was read. */
MUST_USE bool wire_fill(struct wire *wire, struct err *err);
/* The next whole frame, borrowed until wire_fill; false when there is none yet (err untouched) or
   when the length is no frame's (ERR_INVALID). */
MUST_USE bool wire_next(struct wire *wire, struct codec_in *out, struct err *err);
/* Writes what the socket takes; wire_is_behind tells whether something is left. */
MUST_USE bool wire_flush(struct wire *wire, struct err *err);
bool wire_is_behind(const struct wire *wire);

/* One message to be sent, as the keeper says it; everything is borrowed. */
struct wire_send {
    int64_t id;
    const char *kind;
    const char *channel;
    const struct value *conf; /* the channel's table of duban.conf.lua, secrets as references */
    const struct value *message;
    const struct value *tree; /* of a Lua channel: the request; NULL for the others */
    const char *key;          /* the same for every attempt */
    int64_t attempt;
    bool is_again;       /* marked as sent again, because nobody knows what became of the first */
    int64_t deadline_ms; /* of clock_steady: the outcome comes before; 0: 30 s after its turn */
};

/* ERR_INVALID when the frame would be too big; nothing was put then. */
MUST_USE bool wire_put_send(struct wire *wire, const struct wire_send *send, struct err *err);
void wire_put_stop(struct wire *wire);
void wire_put_ready(struct wire *wire);

/* What the courier takes from a frame of the keeper. */
enum wire_op {
    WIRE_SEND,
    WIRE_STOP
};

struct wire_job {
    char kind[32];
    char channel[128];
    char *key;
    struct value *message;
    struct value *tree;
    const void *conf; /* its bytes, borrowed from the frame like codec_skip's */
    size_t conf_length;
    struct wire_send send; /* the numbers alone; its pointers are NULL */
};

MUST_USE bool wire_get_job(struct codec_in *in, enum wire_op *op, struct wire_job *out,
                           struct err *err);
void wire_job_clear(struct wire_job *job); /* a moved copy is cleared once */

struct wire_outcome {
    int64_t id;
    const char *outcome;         /* "accepted" …: the words of deliveries.outcome */
    int64_t status;              /* HTTP's or SMTP's; 0: no answer */
    const char *code;            /* the platform's own */
    const char *text;            /* its own words, or the network's */
    const char *hint;            /* what a person does about it; empty when accepted */
    int64_t after_ms;            /* of throttled: how long the channel rests; 0: not told */
    int64_t micros;              /* from its turn to its outcome */
    int64_t bytes;               /* of the body */
    const char *ref;             /* the platform's message id; NULL */
    const struct value *partial; /* addresses the platform refused in an accepted message; NULL */
    const char *reply;           /* of a Lua channel: the answer; NULL */
    size_t reply_length;
    bool is_unsent; /* it never had its turn: no attempt was made, the row goes back as it was */
};

void wire_put_outcome(struct wire *wire, const struct wire_outcome *outcome);
/* What the keeper takes from a frame. *frame owns what outcome borrows; the caller frees it.
 *is_ready is set for { op="ready" }, and outcome is all zero then. */
MUST_USE bool wire_get_outcome(struct codec_in *in, struct value **frame,
                               struct wire_outcome *outcome, bool *is_ready, struct err *err);

#endif
