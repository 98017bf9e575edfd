/* What each channel bears just now: the bucket of its credential, its pause, its circuit. Rows of
   the table channels beside what the configuration says of them. */
#ifndef DUBAN_CHANNELS_H
#define DUBAN_CHANNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/outbox_claim.h"
#include "casework/retry.h"
#include "casework/site.h"
#include "net/adapter.h"

#define CHANNEL_OPENS 5 /* failures one after the other that open a circuit */
#define CHANNEL_PROBE_MS INT64_C(300000)
#define CHANNEL_PROBE_MAX_MS INT64_C(3600000)
#define CHANNEL_UNLIMITED INT64_MAX

struct channel {
    char name[OUTBOX_CHANNEL];
    const struct adapter *adapter;
    struct value *conf;   /* its table in the configuration, a sink's folder made whole */
    size_t bucket;        /* the channel that keeps the credential's bucket and pause: itself, or
                             an earlier one under the same credential */
    int64_t tokens;       /* thousandths of a message */
    int64_t filled_at;    /* of the boot; 0: another boot, or never */
    int64_t paused_until; /* of the boot: the platform asked for it */
    bool is_paused;       /* an administrator asked for it */
    int64_t failures;
    int64_t probe_at; /* of the boot; 0: the circuit is closed */
    char note[256];
    bool is_changed;
};

struct channels {
    struct channel *list; /* in the order of the configuration's names */
    size_t count;
};

/* Those of the configuration; a rehearsal knows only sinks. Embeds: channels_clear at the end. */
MUST_USE bool channels_init(struct channels *channels, const struct site *site, struct err *err);
void channels_clear(struct channels *channels);
/* Makes the folder of each sink that has none yet; its parent must be there. */
MUST_USE bool channels_make_folders(const struct channels *channels, struct err *err);
/* Reads the rows again / writes those that changed, in the caller's transaction. */
MUST_USE bool channels_load(struct channels *channels, struct store *store, struct err *err);
MUST_USE bool channels_save(struct channels *channels, struct store *store, struct err *err);
/* channels->count when there is none of that name. */
size_t channels_find(const struct channels *channels, const char *name);

/* How many messages may go through it now, at most `want`, and when to ask again when that is fewer
   (of the boot; CHANNEL_UNLIMITED: not by itself). An open circuit lets one through each interval.
 */
int64_t channel_allows(struct channels *channels, size_t index, int64_t boot, int64_t want,
                       int64_t *again_at);
/* Takes them out of the bucket; under an open circuit it sets the next interval. */
void channel_take(struct channels *channels, size_t index, int64_t boot, int64_t count);
/* What an outcome means for it. *opened is set when this one opened the circuit. */
void channel_learn(struct channels *channels, size_t index, int64_t boot,
                   const struct retry_next *next, bool *opened);
bool channel_is_open(const struct channel *channel);
/* How its messages are treated. */
struct outbox_ways channel_ways(const struct channel *channel);
/* True around the full and the half hour, when the platforms are busiest: bulk waits. *until is of
   the wall. */
bool channel_is_rush(int64_t wall, int64_t *until);

/* What an administrator does, in the caller's transaction. Resuming also closes the circuit and
   lifts the platform's pause, and its messages no longer wait for a retry,
   but for those that may have arrived. ERR_CONFLICT when it is as asked already. */
MUST_USE bool channel_pause(struct store *store, const char *name, const char *reason,
                            struct err *err);
MUST_USE bool channel_resume(struct store *store, const char *name, struct err *err);

#endif
