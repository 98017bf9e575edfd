/* timerfd on the wall's clock. The kernel wakes whoever waits when somebody sets that clock, so
   that no step of it, forwards or back, lets a date pass unseen. */
#include "serve/alarm.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"

#define JUMP_MS 1000 /* what keeping a clock right may do unnoticed */

static int64_t distance_now(void)
{
    return clock_now() - clock_steady();
}

bool alarm_open(struct alarm *alarm, struct err *err)
{
    *alarm = (struct alarm){.instant = ALARM_NEVER, .distance = distance_now()};
    alarm->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (alarm->fd < 0) {
        err_set(err, ERR_INTERNAL, "timerfd: %s", strerror(errno));
        return false;
    }
    return alarm_set(alarm, ALARM_NEVER, err);
}

void alarm_close(struct alarm *alarm)
{
    if (alarm->fd >= 0) {
        close(alarm->fd);
        alarm->fd = -1;
    }
}

bool alarm_set(struct alarm *alarm, int64_t instant, struct err *err)
{
    /* Never is far away: a timer that is not armed would not tell that the clock was set. */
    int64_t at =
        instant < clock_now() + 3650 * CLOCK_DAY_MS ? instant : clock_now() + 3650 * CLOCK_DAY_MS;
    struct itimerspec when = {0};

    at = at > 0 ? at : 1;
    when.it_value.tv_sec = at / 1000;
    when.it_value.tv_nsec = (long)(at % 1000) * 1000000;
    if (timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) != 0) {
        err_set(err, ERR_INTERNAL, "timerfd: %s", strerror(errno));
        return false;
    }
    alarm->instant = instant;
    return true;
}

void alarm_take(struct alarm *alarm, int64_t *jump)
{
    int64_t now = distance_now();
    uint64_t rings = 0;
    ssize_t unused = read(alarm->fd, &rings, sizeof rings); /* ECANCELED tells of a clock set */

    (void)unused;
    *jump = now - alarm->distance;
    if (*jump<JUMP_MS && * jump> - JUMP_MS) {
        *jump = 0; /* distance stays: small steps add up until they count */
        return;
    }
    alarm->distance = now;
}
