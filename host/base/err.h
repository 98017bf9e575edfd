/* The one error value of the house: a kind that programs read, a sentence that people read. */
#ifndef DUBAN_ERR_H
#define DUBAN_ERR_H

#include <stdbool.h>

#include "base/base.h"

enum err_kind {
    ERR_NONE,
    ERR_INVALID,  /* what was given is wrong */
    ERR_MISSING,  /* what was named is not there */
    ERR_CONFLICT, /* somebody was first, or it was done already */
    ERR_BUSY,     /* try again later */
    ERR_TIMEOUT,
    ERR_DENIED,  /* the right is missing */
    ERR_INTERNAL /* the world or duban itself failed */
};

struct err {
    enum err_kind kind;
    bool wants_role; /* denied for want of a role: such a refusal stands in the audit */
    char text[1024];
};

/* Fills err; a text that is too long is cut on a character. err may be NULL. */
void err_set(struct err *err, enum err_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
/* Puts context and ": " before the sentence while an error goes up. */
void err_add(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Marks a denial as one for want of a role; err_set unmarks. err may be NULL. */
void err_want_role(struct err *err);
/* "invalid", "missing" ...: the same word as in Lua. */
const char *err_kind_name(enum err_kind kind);
/* The kind a word names; ERR_INTERNAL for a word it does not know. */
enum err_kind err_kind_named(const char *name);

#endif
