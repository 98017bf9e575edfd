/* Trying a channel that has a script: its request, the courier, its verdict. */
#ifndef DUBAN_CHANNEL_SCRIPT_H
#define DUBAN_CHANNEL_SCRIPT_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/channels.h"
#include "cli/house.h"
#include "net/wire.h"

bool channel_has_script(const struct channel *channel);
/* As courier_try, with the script before and after it; send->tree is filled and emptied here. What
   the script does wrong before anything was sent is ERR_INVALID with its file and line. */
MUST_USE bool channel_script_try(struct house *house, const struct channel *channel,
                                 struct wire_send *send, struct value **frame,
                                 struct wire_outcome *outcome, struct err *err);

#endif
