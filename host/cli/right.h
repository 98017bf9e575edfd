/* What a command asks about rights beyond those of a case. */
#ifndef DUBAN_RIGHT_H
#define DUBAN_RIGHT_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/house.h"

/* May the account administer the office? Asked of the account itself, whoever --by names. After
   house_write. */
MUST_USE bool right_administers(struct house *house, struct err *err);
/* A refusal for want of a role stands in the audit, as the act "denied"; any other does not. object
   is what the command was about (may be NULL). */
void right_denied(struct house *house, const char *command, const char *object,
                  const struct err *why);

#endif
