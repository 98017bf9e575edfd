/* The channels of a site as its configuration names them: which there are, whom they serve. */
#ifndef DUBAN_CONF_CHANNELS_H
#define DUBAN_CONF_CHANNELS_H

#include <stdbool.h>

#include "base/value.h"
#include "casework/conf.h"

#define CONF_SINK "sink" /* the one channel of a rehearsal, whatever is configured */

/* What is configured for the channel of that name, its kind at least; NULL when there is none. On a
   rehearsal site only CONF_SINK is there. Borrowed. */
const struct value *conf_channel(const struct conf *conf, bool is_rehearsal, const char *name);
/* The names in the order they are tried: a list, borrowed. */
const struct value *conf_route(const struct conf *conf, bool is_rehearsal);

#endif
