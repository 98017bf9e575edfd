/* One question to a fresh worker, for commands that have no keeper: checking scripts, counting
 * dates. */
#ifndef DUBAN_ASK_H
#define DUBAN_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "base/value.h"
#include "cli/house.h"

#define ASK_CPU_MS 5000
#define ASK_TIME_MS 30000

/* The worker ends afterwards. A fault of the script in it (time, memory, a crash) is ERR_INVALID
   with the worker's last sentence. The caller frees *reply. */
MUST_USE bool ask_worker(struct house *house, const struct value *request, struct value **reply,
                         struct err *err);
/* Puts calendars={[hash]={years=…}} and calendar=hash into a request: what is in force in the open
   site, else the years shipped with the library. years (may be NULL) is what was used; the caller
   frees it. */
MUST_USE bool ask_calendar(struct house *house, struct value *request, struct value **years,
                           struct err *err);

#endif
