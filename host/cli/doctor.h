/* The command that says what is missing or will break, each finding with its remedy. */
#ifndef DUBAN_DOCTOR_H
#define DUBAN_DOCTOR_H

#include "cli/command.h"

enum outcome doctor_run(struct house *house, const struct args *args, struct err *err);

#endif
