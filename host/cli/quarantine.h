/* The command that shows what was put aside because of faults, and takes it back. */
#ifndef DUBAN_QUARANTINE_H
#define DUBAN_QUARANTINE_H

#include "cli/command.h"

enum outcome quarantine_run(struct house *house, const struct args *args, struct err *err);

#endif
