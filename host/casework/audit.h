/* One chain over every act of the site, with checkpoints over the heads of all cases. */
#ifndef DUBAN_AUDIT_H
#define DUBAN_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "casework/site.h"

#define AUDIT_CHECKPOINT "checkpoint"

struct audit_row {
    const char *office;   /* code */
    const char *recorder; /* account name; NULL: the keeper itself */
    const char *actor;    /* person code; NULL: nobody */
    const char *act;
    const char *object; /* NULL is "" */
    const char *body;   /* canonical JSON; NULL is "{}" */
};

/* How many cases there are and SHA-256 over (number, head) in the order of numbers. */
struct audit_heads {
    int64_t cases;
    char digest[DIGEST_HEX];
};

struct audit_finding {
    int64_t rows;                  /* checked */
    char head[DIGEST_HEX];         /* of the last row; 64 zeros when there is none */
    int64_t checkpoint_at;         /* instant of the newest checkpoint; 0 for none */
    struct audit_heads checkpoint; /* what it said */
};

/* Appends in the caller's transaction, at site_now. */
MUST_USE bool audit_append(struct site *site, const struct audit_row *row, struct err *err);
MUST_USE bool audit_heads(struct site *site, struct audit_heads *out, struct err *err);
/* Appends a checkpoint row and gives what it says (out may be NULL). */
MUST_USE bool audit_checkpoint(struct site *site, const char *office, const char *recorder,
                               struct audit_heads *out, struct err *err);
/* Walks the whole chain. ERR_CONFLICT names the first row that does not fit. out may be NULL. */
MUST_USE bool audit_verify(struct site *site, struct audit_finding *out, struct err *err);

#endif
