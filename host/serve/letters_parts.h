/* What the files of letters share; nobody else looks inside. */
#ifndef DUBAN_LETTERS_PARTS_H
#define DUBAN_LETTERS_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/quiet.h"
#include "casework/registry.h"
#include "casework/template.h"
#include "serve/inside.h"

/* ---- letters_way.c ---- */

/* Somebody a message may go to. */
struct addressee {
    int64_t person_id;
    int64_t office_id;
    char code[REGISTRY_CODE];
    char name[REGISTRY_NAME];
    char phone[REGISTRY_CODE];
    char unit[REGISTRY_CODE]; /* code; of the office itself for its own people */
    char unit_name[REGISTRY_NAME];
    struct quiet quiet; /* the own hours, else the site's */
    int64_t digest_at;  /* minutes after midnight; QUIET_NEVER: each message by itself */
};
MUST_USE bool letters_addressee(struct keeper *keeper, int64_t person_id, struct addressee *out,
                                struct err *err);
/* The first channel of the route that serves the person and has an address; *name is borrowed from
   the configuration and NULL when there is none. *lacks (may be NULL) gets the kind of address that
   a channel would need, NULL when no channel serves the person at all. */
MUST_USE bool letters_channel(struct keeper *keeper, const struct addressee *to, const char **name,
                              const char **lacks, struct err *err);
/* The person's address for that channel; "" when it needs none. */
MUST_USE bool letters_address(struct keeper *keeper, const struct addressee *to,
                              const char *channel, struct buf *out, struct err *err);
/* Is the channel a group, where a person is only mentioned? */
bool letters_is_group(struct keeper *keeper, const char *channel);

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
