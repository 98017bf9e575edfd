/* A succession is one row, the last day of the old unit, and the last day of the roles held for it.
 */
#include "casework/successions.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/rows.h"

/* Who succeeded it already. */
static bool find_heir(struct site *site, int64_t unit_id, int64_t *into_id, char since[static 12],
                      struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    *into_id = 0;
    if (!store_ask(site->store, "SELECT into_id, since FROM successors WHERE unit_id = $1", &stmt,
                   err, "i", unit_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        *into_id = stmt_int(stmt, 0);
        row_text(stmt, 1, since, 12);
    }
    stmt_reset(stmt);
    return true;
}

static bool check(struct site *site, const struct unit *unit, const struct unit *into,
                  const char *since, struct err *err)
{
    char today[12];

    clock_format_day(clock_day(site_now(site)), today);
    if (unit->unit_id == into->unit_id) {
        err_set(err, ERR_INVALID, SAY("%s不能由自己承接", "%s cannot succeed itself"), unit->name);
    } else if (strcmp(since, today) > 0) {
        err_set(err, ERR_INVALID,
                SAY("%s 还没有到，请到那一天再办（今天是 %s）",
                    "%s lies in the future; do this on that day (today is %s)"),
                since, today);
    } else if (strcmp(since, unit->starts_on) <= 0) {
        err_set(err, ERR_INVALID, SAY("%s自 %s 才有，不能在 %s 并出", "%s begins on %s, after %s"),
                unit->name, unit->starts_on, since);
    } else if (into->ends_on[0] && strcmp(into->ends_on, since) < 0) {
        err_set(err, ERR_CONFLICT,
                SAY("%s已于 %s 撤销，不能承接", "%s ended on %s and succeeds nobody"), into->name,
                into->ends_on);
    } else {
        return true;
    }
    return false;
}

static bool end_roles(struct site *site, int64_t unit_id, const char *since, const char *last,
                      int64_t *ended, struct err *err)
{
    return store_run(site->store,
                     "UPDATE roles SET ends_on = $3 WHERE unit_id = $1 AND starts_on < $2"
                     " AND (ends_on IS NULL OR ends_on >= $2)",
                     ended, err, "itt", unit_id, since, last);
}

bool succession_make(struct site *site, const struct unit *unit, const struct unit *into,
                     const char *since, int64_t *ended, struct err *err)
{
    struct unit old = *unit;
    struct unit heir = {0};
    int64_t into_id;
    int64_t day;
    char known[12];

    *ended = 0;
    if (!check(site, unit, into, since, err) ||
        !find_heir(site, unit->unit_id, &into_id, known, err) ||
        !clock_parse_day(since, &day, err)) {
        return false;
    }
    if (into_id == into->unit_id && strcmp(known, since) == 0) {
        return true;
    }
    if (into_id) {
        if (registry_unit(site, into_id, &heir, err)) {
            err_set(err, ERR_CONFLICT, SAY("%s自 %s 起已由%s承接", "%s was succeeded on %s by %s"),
                    unit->name, known, heir.name);
        }
        return false;
    }
    clock_format_day(day - 1, known);
    if (!old.ends_on[0] || strcmp(old.ends_on, known) > 0) {
        row_put(old.ends_on, sizeof old.ends_on, known);
    }
    return registry_unit_save(site, &old, err) &&
           store_run(site->store,
                     "INSERT INTO successors (unit_id, into_id, since) VALUES ($1, $2, $3)", NULL,
                     err, "iit", unit->unit_id, into->unit_id, since) &&
           end_roles(site, unit->unit_id, since, known, ended, err);
}
