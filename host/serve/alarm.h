/* A clock that rings at an instant of the wall's time, also when that time is set meanwhile. Linux
   only. */
#ifndef DUBAN_ALARM_H
#define DUBAN_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

#define ALARM_NEVER INT64_MAX

struct alarm {
    int fd;           /* readable when it rings or the time was set */
    int64_t instant;  /* it is set to; ALARM_NEVER: not at all */
    int64_t distance; /* of the wall's time from the time since boot, as last seen, in ms */
};

/* Embeds: alarm_close at the end, also after failure. */
MUST_USE bool alarm_open(struct alarm *alarm, struct err *err);
void alarm_close(struct alarm *alarm);
/* Rings at the instant; one that has passed rings at once. */
MUST_USE bool alarm_set(struct alarm *alarm, int64_t instant, struct err *err);
/* Takes the ring away. *jump is how far the wall's time was set since the last call, in ms: 0 when
   it only went on. */
void alarm_take(struct alarm *alarm, int64_t *jump);

#endif
