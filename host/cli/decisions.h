/* What came of an act: the decisions that stand behind its row in the history, said and as JSON. */
#ifndef DUBAN_DECISIONS_H
#define DUBAN_DECISIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/view.h"

/* Prints the decisions that followed the input row `seq` of a case, one indented line each, and
   gives them as a list of { seq, kind, name, line, body, text }. The caller frees *out. */
MUST_USE bool decisions_show(struct view *view, const struct view_case *of, int64_t seq,
                             struct value **out, struct err *err);
/* A row as { …, text } for JSON; body is canonical JSON or NULL. */
struct value *decisions_row(const struct labels *labels, const char *kind, const char *name,
                            const char *body);

#endif
