/* Why what waits is not sent yet, told after a round of sending. */
#ifndef DUBAN_WAITING_H
#define DUBAN_WAITING_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "cli/house.h"

/* One line for each channel with messages that wait, and what to do; nothing under --json. */
MUST_USE bool waiting_say(struct house *house, struct err *err);

#endif
