/* The templates that scripts name, held against what those scripts give them. */
#ifndef DUBAN_CHECK_TEMPLATES_H
#define DUBAN_CHECK_TEMPLATES_H

#include "base/value.h"
#include "cli/house.h"

/* Appends a finding {file, line, column, text} for everything wrong in the templates of messages
   and papers that a script (its ABOUT) names. seen is a map of the files that were looked at: a
   file that two scripts name is told of once. */
void check_templates(const struct house *house, const struct value *about, struct value *seen,
                     struct value *findings);

#endif
