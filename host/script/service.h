/* The library's service inside a capped state, as a worker drives it: bytes in, bytes out, no Lua
 * in sight. */
#ifndef DUBAN_SERVICE_H
#define DUBAN_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "script/guard.h"

struct service;

/* Makes a state and loads scripts/engine/service.lua of the library folder with all it requires. */
MUST_USE bool service_open(const char *library, struct service **out, struct err *err);
void service_close(struct service *service);
/* Puts the limits on for the rest of the process; faults are written to fd. */
void service_limit(struct service *service, const struct guard_limits *limits, int fd);
/* Answers one request, in the codec's form, into reply (reset first). What the script does wrong
   beyond its limits ends the process. */
void service_answer(struct service *service, const void *bytes, size_t length, struct buf *reply);
/* Collects garbage when much has gathered: for the time between a reply and the next request. */
void service_rest(struct service *service);
/* Says why this worker cannot serve, as a fault of the kind "denied", and ends the process. */
NO_RETURN void service_refuse(struct service *service, const char *why);

#endif
