/* Why nothing happens with a case: whom or what it waits for, and what keeps it from going on. */
#ifndef DUBAN_STILLNESS_H
#define DUBAN_STILLNESS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/view.h"

/* Pushes a heading and, indented below it, one text for each reason. */
MUST_USE bool stillness_tell(struct view *view, const struct view_case *of, struct value *lines,
                             struct err *err);

#endif
