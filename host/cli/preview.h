/* One message as a platform would get it, for people to read before or after it goes out. */
#ifndef DUBAN_PREVIEW_H
#define DUBAN_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"

/* word names a channel of the site or a kind of channels ("wecom-bot"). message gets the address
   that its person has there. */
MUST_USE bool preview_show(struct house *house, int64_t outbox_id, struct value *message,
                           const char *word, struct err *err);

#endif
