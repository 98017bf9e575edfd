/* `duban report figures`: how many matters there were, how many were finished, in time or not, and
   how long they took, by workflow and by the level of the unit. Withdrawn and voided cases do not
   count. */
#include "cli/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/house.h"
#include "cli/overdue.h"
#include "cli/table.h"
#include "cli/view.h"

const struct option figures_options[] = {
    {"since", "DATE", "自此日起立案的", "opened on this day or later"},
    {"until", "DATE", "至此日止立案的（含当日）", "opened on this day or earlier"},
    OPTION_FILE,
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

static const struct column COLUMNS[] = {
    {"workflow", "事项", "WORKFLOW", 22, false},
    {"level", "层级", "LEVEL", 8, false},
    {"cases", "应办", "CASES", 0, true},
    {"done", "办结", "DONE", 0, true},
    {"in_time", "按期", "IN TIME", 0, true},
    {"overdue", "超期", "OVERDUE", 0, true},
    {"rate", "按期率", "RATE", 0, true},
    {"days", "平均用时（日）", "DAYS", 0, true},
    {NULL, NULL, NULL, 0, false},
};

static const char QUERY[] = RIGHTS_BELOW
    "SELECT f.title, f.level, COUNT(*), SUM(f.is_done), SUM(f.is_done * (1 - f.is_late)), "
    "SUM(f.is_late),"
    " SUM(f.is_done * f.took)"
    " FROM (SELECT v.title AS title, COALESCE(u.level, '') AS level,"
    "  CASE WHEN c.closed_at IS NULL THEN 0 ELSE 1 END AS is_done,"
    "  CASE WHEN " OVERDUE_LATE " THEN 1 ELSE 0 END AS is_late,"
    "  COALESCE(c.closed_at - c.opened_at, 0) AS took"
    "  FROM cases AS c JOIN activations AS a ON a.activation_id = c.activation_id"
    "  JOIN versions AS v ON v.version_id = a.version_id LEFT JOIN units AS u ON u.unit_id = "
    "c.unit_id"
    "  WHERE c.office_id IN (SELECT office_id FROM below) AND c.opened_at >= $2 AND c.opened_at < "
    "$3"
    "  AND c.outcome NOT IN ('withdrawn', 'voided') AND ($4 = 0 OR c.unit_id = $4)) AS f"
    " GROUP BY f.title, f.level ORDER BY f.title, f.level";

static const char *level_title(const char *level)
{
    static const struct {
        const char *id, *zh;
    } LEVELS[] = {{"province", "省直"}, {"city", "市级"}, {"county", "县级"}};

    for (size_t i = 0; i < COUNT_OF(LEVELS); i++) {
        if (strcmp(LEVELS[i].id, level) == 0) {
            return SAY(LEVELS[i].zh, LEVELS[i].id);
        }
    }
    return level;
}

struct sum {
    int64_t cases, done, in_time, overdue, took;
};

static void add_row(struct table *table, const char *workflow, const char *level,
                    const struct sum *sum)
{
    char rate[32] = "—";
    char days[32] = "—";

    if (sum->done) {
        snprintf(rate, sizeof rate, "%.1f%%", 100.0 * (double)sum->in_time / (double)sum->done);
        snprintf(days, sizeof days, "%.1f",
                 (double)sum->took / (double)sum->done / (double)CLOCK_DAY_MS);
    }
    table_text(table, workflow);
    table_text(table, level);
    table_int(table, sum->cases);
    table_int(table, sum->done);
    table_int(table, sum->in_time);
    table_int(table, sum->overdue);
    table_text(table, rate);
    table_text(table, days);
}

static bool add_rows(struct stmt *stmt, struct table *table, struct err *err)
{
    struct sum all = {0};
    bool has_row = false;

    while (stmt_step(stmt, &has_row, err)) {
        struct sum sum;

        if (!has_row) {
            if (all.cases) {
                add_row(table, SAY("合计", "total"), "", &all);
            }
            return true;
        }
        sum = (struct sum){.cases = stmt_int(stmt, 2),
                           .done = stmt_int(stmt, 3),
                           .in_time = stmt_int(stmt, 4),
                           .overdue = stmt_int(stmt, 5),
                           .took = stmt_int(stmt, 6)};
        add_row(table, stmt_text(stmt, 0, NULL), level_title(stmt_text(stmt, 1, NULL)), &sum);
        all.cases += sum.cases;
        all.done += sum.done;
        all.in_time += sum.in_time;
        all.overdue += sum.overdue;
        all.took += sum.took;
    }
    return false;
}

/* Instants between which cases were opened: the last one is excluded. */
static bool read_range(const struct args *args, int64_t *since, int64_t *until, struct err *err)
{
    int64_t day;

    *since = INT64_MIN;
    *until = INT64_MAX;
    if (args_has(args, "since")) {
        if (!clock_parse_day(args_get(args, "since"), &day, err)) {
            return false;
        }
        *since = clock_day_start(day);
    }
    if (args_has(args, "until")) {
        if (!clock_parse_day(args_get(args, "until"), &day, err)) {
            return false;
        }
        *until = clock_day_start(day + 1);
    }
    return true;
}

enum outcome figures_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct table *table = NULL;
    struct stmt *stmt = NULL;
    int64_t since, until;
    bool ok = false;

    if (!read_range(args, &since, &until, err)) {
        return OUTCOME_REFUSED;
    }
    table = table_new(COLUMNS);
    if (!house_read(house, err) || !view_begin(&view, house, args, err)) {
        goto done;
    }
    if (!store_ask(house->site->store, QUERY, &stmt, err, "iiii", house->office_id, since, until,
                   view.scope.unit_id) ||
        !add_rows(stmt, table, err)) {
        goto done;
    }
    if (!table_give(table, &house->out, args_get(args, "o"), SAY("没有案件。", "No cases."), err)) {
        goto done;
    }
    if (table_rows(table) && !args_has(args, "o")) {
        out_print(
            &house->out, "%s",
            SAY("应办：立案的，撤回、作废的除外。办结：其中已结的。按期：办结且从未超期的。\n"
                "超期：办结但曾超期的，加已超期未结的（即 cases --overdue 所列；送审期间\n"
                "不算超期）。按期率：按期占办结的比例。平均用时：立案至办结的自然日。\n",
                "due: opened, less withdrawn and voided; done: closed; in time: closed, never\n"
                "overdue; overdue: closed late, or open and listed by cases --overdue (not\n"
                "while submitted for review); rate: in time of done; days: opened to closed\n"));
    }
    ok = true;
done:
    if (stmt) {
        stmt_reset(stmt);
    }
    table_free(table);
    view_end(&view);
    return args_outcome(ok);
}
