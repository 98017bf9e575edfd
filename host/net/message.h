/* The neutral message: what is said, before any platform has a form for it.
   { id, number?, title, facts? = {{label, text}…}, body?, link?, severity, to? = {name?, address?},
     mention?, type, at } */
#ifndef DUBAN_MESSAGE_H
#define DUBAN_MESSAGE_H

#include <stdbool.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"

#define MESSAGE_TITLE_MAX 512
#define MESSAGE_BODY_MAX 65536
#define MESSAGE_FACTS_MAX 40

/* True when any value whatever is such a message; else one sentence that names the field. */
MUST_USE bool message_check(const struct value *message, struct err *err);
/* Letters of an address that no platform's markup can mistake for its own. */
bool message_is_address(const char *text);
/* Whom the message calls by name: an address, "all", or "" for nobody. */
const char *message_mention(const struct value *message);
/* A mobile number of the mainland; platforms mention it otherwise than an account. */
bool message_is_mobile(const char *address);

#endif
