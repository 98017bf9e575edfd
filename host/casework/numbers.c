/* Gap-free numbers. The counter moves in the transaction that uses the number, so a rollback gives
   the number back, and two writers cannot get the same one. */
#include "casework/numbers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/workdays.h"

#define SERIES_LIMIT 60

static bool check_series(const char *series, struct err *err)
{
    size_t length = strlen(series);

    if (length == 0 || length > SERIES_LIMIT || !text_is_utf8(series, length)) {
        err_set(err, ERR_INVALID, SAY("“%.40s”不能作编号字头", "\"%.40s\" is no series of numbers"),
                series);
        return false;
    }
    return true;
}

bool number_take(struct site *site, int64_t office_id, const char *series, int64_t year,
                 int64_t *number, struct err *err)
{
    if (!store_is_in_transaction(site->store)) {
        err_set(err, ERR_INTERNAL,
                SAY("取号必须与使用它的记录在同一事务中",
                    "a number is taken in the transaction that uses it"));
        return false;
    }
    return check_series(series, err) &&
           store_run(site->store,
                     "INSERT INTO numbers (office_id, series, year, last) VALUES ($1, $2, $3, 1) "
                     "ON CONFLICT (office_id, series, year) DO UPDATE SET last = numbers.last + 1",
                     NULL, err, "iti", office_id, series, year) &&
           store_one_int(site->store,
                         "SELECT last FROM numbers WHERE office_id = $1 AND series = $2 "
                         "AND year = $3",
                         number, err, "iti", office_id, series, year);
}

bool number_last(struct site *site, int64_t office_id, const char *series, int64_t year,
                 int64_t *number, struct err *err)
{
    return store_one_int(site->store,
                         "SELECT COALESCE(MAX(last), 0) FROM numbers WHERE office_id = $1 "
                         "AND series = $2 AND year = $3",
                         number, err, "iti", office_id, series, year);
}

int64_t number_year(int64_t instant)
{
    return workdays_civil(clock_day(instant)).year;
}

void number_format_case(const char *office, int64_t year, const char *code, int64_t number,
                        char out[static NUMBERS_TEXT])
{
    snprintf(out, NUMBERS_TEXT, "%s-%04" PRId64 "-%s-%04" PRId64, office, year, code, number);
}

void number_format_paper(const char *series, int64_t year, int64_t number,
                         char out[static NUMBERS_TEXT])
{
    snprintf(out, NUMBERS_TEXT, "%s〔%04" PRId64 "〕%" PRId64 "号", series, year, number);
}
