/* Who may sign a proposal next, for people. */
#ifndef DUBAN_SIGNERS_H
#define DUBAN_SIGNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "cli/view.h"

/* Appends "编办主任、编委": the holders of the line of the JSON list signs whose turn it is (1 the
   first). */
void signers_say(struct view *view, const char *signs, int64_t next, struct buf *out);
/* The line asks for a basis, such as a meeting. */
bool signers_want_basis(const char *signs, int64_t next);

#endif
