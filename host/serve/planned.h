/* Planned runs of jobs that are due. */
#ifndef DUBAN_PLANNED_H
#define DUBAN_PLANNED_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"

struct actor;
struct keeper;

/* Runs every planned occurrence due now, each with its own outcome; a job that fails stops nobody.
 */
MUST_USE bool planned_run_due(struct keeper *keeper, const struct actor *actor, struct err *err);

#endif
