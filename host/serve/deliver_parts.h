/* What the files of delivery share; nobody else looks inside. */
#ifndef DUBAN_DELIVER_PARTS_H
#define DUBAN_DELIVER_PARTS_H

#include "casework/channels.h"
#include "casework/outbox_claim.h"
#include "serve/deliver.h"
#include "serve/inside.h"

#define DELIVER_BATCH 256 /* messages a commit */
#define DELIVER_MAX 512   /* under way */
#define DELIVER_CHANNEL_MAX 64
#define DELIVER_SEND_MS 60000  /* for the courier, its own queue included */
#define DELIVER_LEASE_MS 75000 /* longer than that, so that a verdict comes before it ends */

/* An attempt under way. */
struct deliver_job {
    int64_t id; /* on the wire; 0: the place is free */
    int64_t outbox_id;
    int64_t attempt;
    size_t channel;      /* index */
    int64_t lease_until; /* of the boot */
    uint64_t flight;     /* of the frames it is in */
    size_t end;          /* of its frame among them */
};

/* An outcome that waits to be recorded; frame owns its texts. */
struct deliver_outcome {
    struct value *frame;
    struct outbox_result result;
    size_t channel;    /* channels.count: of an earlier configuration */
    const char *reply; /* of a channel with a script, until that judged it; in frame */
    size_t reply_length;
    bool is_unsent;
    bool is_fault; /* the channel's script failed: that counts against the channel */
};

struct deliver {
    struct keeper *keeper;
    struct courier_link *link;
    struct deliver_options options;
    struct channels channels;
    size_t *under_way;         /* of each channel */
    struct gateway **gateways; /* of each channel; NULL: it has no script */
    struct deliver_job jobs[DELIVER_MAX];
    size_t job_count;
    struct deliver_outcome outcomes[DELIVER_BATCH];
    size_t outcome_count;
    struct outbox_claim claims[DELIVER_BATCH]; /* of this step */
    struct value *messages[DELIVER_BATCH];
    struct value *trees[DELIVER_BATCH]; /* requests that a script made; else NULL */
    size_t claim_channels[DELIVER_BATCH];
    size_t claim_count;
    int64_t lease_until; /* of this step's claims */
    size_t first;        /* the channel that is asked first, another one each step */
    uint64_t flight;     /* counts how often everything was written */
    int64_t wake_at;
    int64_t written;               /* store_writes when wake_at was found */
    struct deliver_report *report; /* of this step */
};

struct outbox_clocks deliver_clocks(const struct deliver *deliver);

/* ---- deliver_record.c: in a transaction ---- */

/* Records the outcomes that came, and attempts whose lease ran out. */
MUST_USE bool deliver_record(struct deliver *deliver, struct err *err);
/* Records one outcome that the keeper itself found. */
MUST_USE bool deliver_record_one(struct deliver *deliver, const struct deliver_outcome *outcome,
                                 struct err *err);
void deliver_forget_outcomes(struct deliver *deliver);

/* ---- deliver_claim.c ---- */

/* In a transaction: what is out of date ends, what is due is claimed and rendered. */
MUST_USE bool deliver_claim(struct deliver *deliver, struct err *err);
void deliver_forget_claims(struct deliver *deliver);
/* When something will be due that the channels let through. */
MUST_USE bool deliver_next_wake(struct deliver *deliver, int64_t *at, struct err *err);

/* ---- deliver_script.c: outside of transactions ---- */

/* One for each channel that has a script, by its index; the caller frees them. */
struct gateway **deliver_scripts_new(const struct deliver *deliver);
void deliver_scripts_free(struct gateway **list, size_t count); /* accepts NULL */
/* Asks the scripts for the requests of what was claimed; what gets none has its outcome. */
void deliver_ask_scripts(struct deliver *deliver);
/* Asks the scripts what the answers that came mean. */
void deliver_judge_answers(struct deliver *deliver);

/* ---- deliver_wire.c ---- */

/* Takes outcomes off the wire, as many as there is room for; notices that the courier is gone. */
void deliver_listen(struct deliver *deliver);
/* Its lease ran out. */
void deliver_drop_job(struct deliver *deliver, int64_t outbox_id, int64_t attempt);
/* Puts the claims of this step on the wire. */
void deliver_hand_over(struct deliver *deliver);

#endif
