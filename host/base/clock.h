/* The only reader of the time, and the arithmetic between instants and days of UTC+08:00.
   An instant is UTC milliseconds since 1970; a day is a count of days since 1970-01-01. */
#ifndef DUBAN_CLOCK_H
#define DUBAN_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"

#define CLOCK_DAY_MS INT64_C(86400000)
#define CLOCK_ZONE_MS INT64_C(28800000)

/* The wall clock, in ms. */
int64_t clock_now(void);
/* CLOCK_BOOTTIME, in ms: deadlines of waiting, leases, retries. */
int64_t clock_steady(void);
/* The same in microseconds, for measurements. */
int64_t clock_micros(void);
/* The day in UTC+08:00 that holds the instant. */
int64_t clock_day(int64_t instant);
/* The instant at which the day begins in UTC+08:00. */
int64_t clock_day_start(int64_t day);
/* "2026-09-28" (also 2026-9-28, 2026/9/28, 2026.9.28, 2026年9月28日) to a day; refuses days that do
   not exist. */
MUST_USE bool clock_parse_day(const char *text, int64_t *day, struct err *err);
/* "2026-09-28", "2026-09-28 10:30", "2026-09-28T10:30:05" (all UTC+08:00) to an instant; a bare day
   is its start. */
MUST_USE bool clock_parse_instant(const char *text, int64_t *instant, struct err *err);
/* "2026-09-28" and "2026-09-28 10:30:05" into at least 11 and 20 bytes. */
void clock_format_day(int64_t day, char out[static 12]);
void clock_format_instant(int64_t instant, char out[static 24]);

#endif
