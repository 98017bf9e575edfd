/* What `init --example` puts into a new site: units, people with roles, the
   accounts of three of them, and copies of the scripts of the library. */
#ifndef DUBAN_EXAMPLE_H
#define DUBAN_EXAMPLE_H

#include <stdbool.h>

#include "base/base.h"
#include "cli/house.h"

/* The site in house->globals.dir was just made and is not open yet. */
MUST_USE bool example_fill(struct house *house, const struct args *args, struct err *err);

#endif
