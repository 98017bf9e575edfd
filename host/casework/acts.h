/* An act of somebody: its key, its audit row, its transaction. */
#ifndef DUBAN_ACTS_H
#define DUBAN_ACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

#define ACTS_KEY_LIMIT 200 /* bytes */
#define ACTS_RESULT_LIMIT ((size_t)1024 * 1024)

/* Who: the account that records, and the person it is done for (NULL and 0: nobody). Borrowed
 * texts. */
struct actor {
    int64_t account_id;
    const char *recorder;
    int64_t person_id;
    const char *person;
    int64_t own_id; /* the account's own person; another than person_id: recorded for another */
};

struct act {
    int64_t office_id;
    const char *office;        /* code, for the audit */
    const char *key;           /* --key; NULL: none, every call is new */
    const char *name;          /* "fact", "publish" ... */
    const char *object;        /* case number, workflow id ...; "" for none */
    char digest[DIGEST_HEX];   /* of name and content, by act_digest */
    const struct actor *actor; /* NULL: the keeper itself */
};

/* Fills act->digest from act->name and the content (may be NULL). */
void act_digest(struct site *site, struct act *act, const struct value *content);
/* In the caller's transaction, before anything is written: a repeat sets *is_repeat and puts the
   first result into result (reset first); the same key with another digest is ERR_CONFLICT. */
MUST_USE bool act_begin(struct site *site, const struct act *act, bool *is_repeat,
                        struct buf *result, struct err *err);
/* In the same transaction, at the end: keeps the result under the key and appends the audit row
   with body (NULL: nothing more to say). result is what a repeat prints; NULL is "". */
MUST_USE bool act_finish(struct site *site, const struct act *act, const char *result,
                         const struct value *body, struct err *err);

/* What an act does: fills result with what is printed, and *body (starts as NULL) for the audit
 * row. */
typedef bool act_work(void *context, struct buf *result, struct value **body, struct err *err);
/* The whole of it in one transaction: begins, looks for the key, works, finishes, commits; rolls
   back and returns false when something fails. A repeat gives the first result without working. */
MUST_USE bool act_run(struct site *site, const struct act *act, act_work *work, void *context,
                      struct buf *result, struct err *err);

#endif
