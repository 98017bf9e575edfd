/* The only writer of a site: it brings the answers of workers and the durable acts of casework
   together. Everything that changes a case passes through here, so that each decision and its
   effects are one transaction, whoever asked for it. */
#ifndef DUBAN_KEEPER_H
#define DUBAN_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/cases.h"
#include "serve/keeper_jobs.h"
#include "serve/keeper_time.h"
#include "serve/verify.h"

struct actor;
struct keeper;
struct site;
struct zygote;

#define KEEPER_NO_DAY INT64_MIN /* occurred: at its own instant */

/* ---- life ---- */

/* Borrows site and zygote, which outlive the keeper. On a site opened for reading only the
 * questions work. */
MUST_USE bool keeper_open(struct site *site, struct zygote *zygote, struct keeper **out,
                          struct err *err);
void keeper_close(struct keeper *keeper); /* accepts NULL; ends the workers */
/* Nothing but acts on cases was written since the last of them: what was read about offices, people
   and accounts is as it was. */
bool keeper_is_quiet(const struct keeper *keeper);

/* One row that was written; texts live until the callback returns. Called after its commit, in
 * order. */
struct keeper_row {
    const char *number; /* of the case */
    int64_t seq;
    bool is_input;
    const char *kind;
    const char *name;
    int64_t at;
    int64_t now;
    int64_t line;
    const char *body; /* canonical JSON */
};
typedef void keeper_row_fn(void *context, const struct keeper_row *row);
/* Tells each row written from now on; NULL: quiet, which is faster. */
void keeper_listen(struct keeper *keeper, keeper_row_fn *each, void *context);

/* ---- opening ---- */
struct keeper_new {
    int64_t office_id;
    const char *workflow;      /* id */
    const struct value *given; /* map: field id or label to text or list of texts */
    const char *parent;        /* number of the case that opens it; NULL: none */
    int64_t at;                /* instant it opens at; 0: now (imports: the day of the register) */
};
/* Names of units and people become codes, every field is checked by the workflow, the case is
   decided at once. With a key a repeat gives the first number. */
MUST_USE bool keeper_open_case(struct keeper *keeper, const struct actor *actor, const char *key,
                               const struct keeper_new *given, char number[static CASE_NUMBER_SIZE],
                               struct err *err);
/* Opens count cases whose records are ready canonical codec maps (field id to canonical value),
   lying one after the other in records; 1,000 a commit. They are pending after this and decided by
   the next tick, with `at` as their instant. Nobody's rights are asked: for imports that were
   checked, and for benches. */
MUST_USE bool keeper_open_many(struct keeper *keeper, const struct actor *actor, int64_t office_id,
                               const char *workflow, const struct buf *records, size_t count,
                               int64_t at, struct err *err);

/* ---- acts of people ---- */

struct keeper_fact {
    const char *number;       /* of the case */
    const char *fact;         /* id or title */
    const struct value *form; /* map: field id or label to text or list of texts; NULL: empty */
    int64_t occurred;         /* a day, or KEEPER_NO_DAY */
    bool is_ready; /* form holds canonical values under ids already: nothing is asked of a worker */
    const struct value *paper; /* list of attachments that the act rests on; NULL: none */
    bool is_granted;           /* the right was proved in another way: no role is asked for */
    /* What else belongs to the fact, in its transaction; NULL: nothing. */
    bool (*also)(void *context, struct err *err);
    void *context;
};
struct keeper_result {
    bool is_done;
    bool is_repeat;  /* the key was used before with the same content */
    int64_t seq;     /* of the input row, when done */
    int64_t lent_id; /* the lent role it was done in; 0: one of the actor's own */
    struct err err;  /* why not, when not done */
};
/* Records each fact on its case, one commit per up to 256; each has its own result. Timers of the
   case due before now are recorded first. With a key and one fact the key is its own; with several
   each has "key/number", and "key/number/2" the second time a case comes up. false only when the
   store or the workers fail as a whole. */
MUST_USE bool keeper_record(struct keeper *keeper, const struct actor *actor, const char *key,
                            const struct keeper_fact *facts, size_t count,
                            struct keeper_result *results, struct err *err);
/* The same for facts of many: entries that arrive together are decided and committed together, and
   each has its own actor, key (NULL: none) and result. Of a false the results tell what was
   committed before the world failed. */
struct keeper_entry {
    const struct actor *actor;
    const char *key;
    const struct keeper_fact *fact;
    struct keeper_result *result;
};
MUST_USE bool keeper_record_each(struct keeper *keeper, const struct keeper_entry *entries,
                                 size_t count, struct err *err);

#endif
