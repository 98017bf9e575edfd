/* What the files of the courier share: channels with their keys and queues, and jobs. */
#ifndef DUBAN_COURIER_PARTS_H
#define DUBAN_COURIER_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "net/adapter.h"
#include "net/address.h"
#include "net/fetch.h"
#include "net/secret.h"
#include "net/wire.h"

/* The secrets of a channel as they were read at one time. Read again after a while, so that a
   rotated secret is seen; those that a running job was built with stay until it ended. */
struct keys {
    int users;
    struct secrets *secrets;
    struct fetch_way way;
    int64_t made; /* clock_steady */
};

struct job {
    struct job *next;
    struct wire_job wire; /* all zero: asks for the channel's token */
    struct channel *channel;
    struct keys *keys; /* while it runs */
    struct request request;
    int64_t started; /* clock_micros */
    size_t bytes;
    bool is_refreshed; /* it had a second turn with a new token */
    int64_t token_number;
};

/* A channel as one conf describes it; another conf under the same name is another channel. */
struct channel {
    struct channel *next;
    char *name;
    char *kind;
    struct buf conf_bytes;
    struct value *conf;
    const struct adapter *adapter;
    struct address_list *allow;
    struct err fault; /* why nothing can be sent through it; ERR_NONE: all is well */
    struct keys *keys;
    size_t at_once;
    size_t running;
    struct job *first; /* those that wait for their turn, in order */
    struct job **last;
    struct token token;
    int64_t token_until;  /* clock_steady; 0: none */
    int64_t token_number; /* counts tokens, so that only a used one is dropped */
    bool is_asking;
    int64_t idle_since;
};

struct courier {
    struct wire wire;
    struct fetch *fetch;
    const struct secret_environment *environment;
    struct channel *channels;
    size_t waiting;
    int64_t ways; /* made so far */
    bool is_stopping;
};

/* ---- courier_channel.c ---- */

/* The channel of a job, made if it is new. */
struct channel *channel_of(struct courier *courier, const struct wire_job *job);
void channel_put(struct courier *courier, struct job *job, bool in_front);
struct job *channel_take(struct courier *courier, struct channel *channel);
/* The secrets of now; each must be given back. False with the sentence about the reference. */
MUST_USE bool channel_keys(struct courier *courier, struct channel *channel, struct keys **out,
                           struct err *err);
void channel_give_back(struct courier *courier, struct channel *channel, struct keys *keys);
void channel_set_token(struct channel *channel, const struct token *token);
void channel_drop_token(struct channel *channel, int64_t number);
bool channel_has_token(const struct channel *channel);
/* Frees channels that had nothing to do for a while, and their secrets; all of them at the end. */
void channels_tidy(struct courier *courier, bool all);

/* ---- courier_job.c ---- */

struct job *job_new(void);
void job_free(struct job *job); /* accepts NULL; wipes the request */
/* Gives the next job of the channel its turn; what cannot even begin is told at once. False when
   the channel has to wait (for its token, or for a handle). */
bool job_start_next(struct courier *courier, struct channel *channel);
/* Gives back, from the front, the jobs whose deadline passed while they waited. */
void job_drop_late(struct courier *courier, struct channel *channel);
/* Tells, or tries once more, what ended. */
void job_finish(struct courier *courier, const struct fetch_end *end);
/* Forgets one that nobody wants to hear of any more. */
void job_drop(struct courier *courier, struct job *job);
/* Tells that a job never had its turn. */
void job_tell_unsent(struct courier *courier, struct job *job, const char *why);

#endif
