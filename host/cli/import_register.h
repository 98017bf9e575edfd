/* Units, people and calendars out of files. */
#ifndef DUBAN_IMPORT_REGISTER_H
#define DUBAN_IMPORT_REGISTER_H

#include "base/err.h"
#include "cli/args.h"
#include "cli/command.h"
#include "cli/house.h"

/* The kinds `units`, `people` and `calendar` of the command import; the last one is `calendar
 * import`. */
enum outcome import_register(struct house *house, const struct args *args, struct err *err);

#endif
