/* What systemd is told (sd_notify by hand): one datagram to NOTIFY_SOCKET, nothing without it. */
#ifndef DUBAN_TIDINGS_H
#define DUBAN_TIDINGS_H

#include <stdint.h>

#include "base/base.h"

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=…"; several lines are one message. */
void tidings_tell(const char *state);
/* How long systemd waits between two "WATCHDOG=1" of this process, in ms; 0: it does not watch. */
int64_t tidings_watchdog(void);

#endif
