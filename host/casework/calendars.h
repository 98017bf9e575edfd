/* The working calendars of the offices: versions by content, the newest of an office in force. */
#ifndef DUBAN_CALENDARS_H
#define DUBAN_CALENDARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/site.h"

#define CALENDARS_FILE_LIMIT ((size_t)256 * 1024)

struct calendar {
    int64_t calendar_id;
    int64_t office_id; /* whose it is: the asking office or one above */
    int64_t added_at;  /* when it was last accepted; the latest is in force */
    char hash[DIGEST_HEX];
    char *note;
    struct value *years; /* map: "2026" to {notice=text (absent: not known), issued=day (may be
                            absent), off={day=name}, work={day=name}} */
};

/* The calendar in force for an office: its own newest, else of the nearest office above. */
MUST_USE bool calendar_current(struct site *site, int64_t office_id, struct calendar *out,
                               struct err *err);
/* The id and hash alone, for decisions. */
MUST_USE bool calendar_current_id(struct site *site, int64_t office_id, int64_t *id,
                                  char hash[static DIGEST_HEX], struct err *err);
MUST_USE bool calendar_by_hash(struct site *site, const char *hash, struct calendar *out,
                               struct err *err);
void calendar_clear(struct calendar *calendar);
/* The last year known; 0 when there is none. */
int64_t calendar_last_year(const struct value *years);

/* Reads a year file: {"year":2026,"notice":text|null,"issued":day|null,"off":[{"date","name"}…],
   "on":[…]} (a BOM is accepted). Strict: dates exist, lie in the year or in the two weeks before
   and after it, none stands twice or in both lists, a day worked is a Saturday or Sunday, unknown
   keys are refused. *number is its year, *year the map as in calendar.years; the caller's. name is
   for messages. */
MUST_USE bool calendar_read_year(const char *name, const void *bytes, size_t length,
                                 int64_t *number, struct value **year, struct err *err);
/* The years in force with that year put in or replaced: a new map, the caller's. ERR_CONFLICT when
   nothing would change, or a day beyond the turn of the year contradicts the neighbour year. */
MUST_USE bool calendar_with_year(const struct value *years, int64_t number,
                                 const struct value *year, struct value **out, struct err *err);
/* What differs between two sets of years: a list of {date, name, works (bool), was (bool)} by date.
 */
struct value *calendar_difference(const struct value *before, const struct value *after);
/* Adds years as the newest calendar of the office, in the caller's transaction. Older content that
   comes back is in force again. Does not touch any case. */
MUST_USE bool calendar_add(struct site *site, int64_t office_id, const struct value *years,
                           const char *note, int64_t *id, struct err *err);
/* Gives the office the calendars that the library ships, unless it finds one at or above itself. */
MUST_USE bool calendar_ship(struct site *site, int64_t office_id, struct err *err);

#endif
