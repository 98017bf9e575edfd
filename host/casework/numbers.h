/* Gap-free numbers of cases and papers: taken in the transaction that uses them, or not at all. */
#ifndef DUBAN_NUMBERS_H
#define DUBAN_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "casework/site.h"

#define NUMBERS_TEXT 128

/* The next number of the series in that year, from 1, in the caller's transaction (ERR_INTERNAL
 * without). */
MUST_USE bool number_take(struct site *site, int64_t office_id, const char *series, int64_t year,
                          int64_t *number, struct err *err);
/* The last number taken; 0 when none was. */
MUST_USE bool number_last(struct site *site, int64_t office_id, const char *series, int64_t year,
                          int64_t *number, struct err *err);
/* The year of an instant in UTC+08:00, as numbers count it. */
int64_t number_year(int64_t instant);
/* "430000-2026-YJ-0001" and "湘编办函〔2026〕12号". Longer ones are cut. */
void number_format_case(const char *office, int64_t year, const char *code, int64_t number,
                        char out[static NUMBERS_TEXT]);
void number_format_paper(const char *series, int64_t year, int64_t number,
                         char out[static NUMBERS_TEXT]);

#endif
