/* What the files of letters share; nobody else looks inside. */
#ifndef DUBAN_LETTERS_PARTS_H
#define DUBAN_LETTERS_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/registry.h"
#include "casework/routes.h"
#include "casework/template.h"
#include "serve/inside.h"

/* ---- letters_who.c ---- */

/* A message that has no way yet. */
struct letter {
    int64_t outbox_id;
    int64_t case_id; /* 0: of a job, or a digest */
    int64_t office_id;
    int64_t person_id;
    int64_t created_at;
    int64_t digest_id; /* 0: in none */
    bool is_again;     /* it was held */
    char *key;
    char *template;
    char *data;
    char *principals;
};
void letter_clear(struct letter *letter);

enum letter_fate {
    LETTER_GOES,    /* to the person it is for */
    LETTER_MOVED,   /* the row is for somebody else now */
    LETTER_SETTLED, /* cancelled or dead; nothing is left to do */
};
/* Who is meant today: a role that passed on takes the message with it, whoever joined gets one too,
   and when nobody is left the case is told. */
MUST_USE bool letters_who(struct keeper *keeper, struct letter *letter, enum letter_fate *fate,
                          struct err *err);
/* Is the person among those meant today? */
MUST_USE bool letters_is_meant(struct keeper *keeper, const struct letter *letter, bool *is_meant,
                               struct err *err);
/* The row is dead with its reason; when it was the last of its message, the case is told. */
MUST_USE bool letters_dead(struct keeper *keeper, const struct letter *letter, const char *reason,
                           struct err *err);
MUST_USE bool letters_cancel(struct keeper *keeper, int64_t outbox_id, const char *reason,
                             struct err *err);

/* ---- letters_digest.c ---- */

/* Into the open window of the person, which is opened when there is none. */
MUST_USE bool letters_collect(struct keeper *keeper, const struct letter *letter,
                              const struct addressee *to, int64_t now, struct err *err);
/* Every window whose time has come. */
MUST_USE bool letters_flush(struct keeper *keeper, int64_t now, struct err *err);

#endif
