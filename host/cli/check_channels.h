/* Checking the script of a channel: it is tried on a message nobody gets. */
#ifndef DUBAN_CHECK_CHANNELS_H
#define DUBAN_CHECK_CHANNELS_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"

/* The channels of the open site that use this script, as a map of name to table, borrowed from the
   site's; the caller frees it. Empty without a site, and for a script nobody uses yet. */
struct value *check_channel_users(const struct house *house, const char *script);
/* Builds the request that the worker's reply holds, with secrets made up. conf may be NULL. True,
   or the sentence about what would not go out. */
MUST_USE bool check_channel_request(const struct value *reply, const struct value *conf,
                                    struct err *err);

#endif
