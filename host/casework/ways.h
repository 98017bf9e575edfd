/* Where a person is reached, and when that person wants to be left alone: rows of addresses and
   preferences, each as the text people write. */
#ifndef DUBAN_WAYS_H
#define DUBAN_WAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "casework/site.h"

#define WAYS_NONE "无" /* as the site does */

/* wecom, dingtalk, feishu and mail are addresses; quiet is "18:00-08:30"; digest is "09:00". */
#define WAYS_COUNT 6
extern const char *const WAYS_NAMES[WAYS_COUNT];

/* A text as it is kept: hours in two digits each, WAYS_NONE for hours, addresses as they are.
   ERR_INVALID with a sentence; what names it there. "" stays "". */
MUST_USE bool ways_normal(const struct site *site, const char *name, const char *what,
                          const char *text, struct buf *out, struct err *err);
/* What is kept of a person under that name; nothing is appended when there is nothing. */
MUST_USE bool ways_get(struct site *site, int64_t person_id, const char *name, struct buf *out,
                       struct err *err);
/* Keeps a text that ways_normal made; not "". */
MUST_USE bool ways_set(struct site *site, int64_t person_id, const char *name, const char *text,
                       struct err *err);

#endif
