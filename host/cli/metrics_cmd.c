/* `duban metrics`: what a monitoring system collects, as Prometheus text in a file that is replaced
   at once. */
#include "cli/handlers.h"

#include <inttypes.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/house.h"
#include "store/store.h"

#define METRICS_MAX ((size_t)1024 * 1024)

const struct option metrics_options[] = {
    {"o", "FILE", "写入文件（整体替换）", "into a file, which is replaced as a whole"},
    {NULL, NULL, NULL, NULL},
};

/* One metric: its rows give one value each, the last column; the columns before it are the labels.
 */
struct metric {
    const char *name;
    const char *kind;
    const char *help;
    const char *labels[2]; /* names of the first columns */
    int64_t divisor;       /* 0: a whole number; else the value is a count of such parts */
    const char *sql;       /* $1: the site's clock */
};

static const struct metric METRICS[] = {
    {"duban_outbox_messages",
     "gauge",
     "Messages by channel and state.",
     {"channel", "state"},
     0,
     "SELECT COALESCE(channel, ''), status, COUNT(*) FROM outbox WHERE $1 > 0"
     " GROUP BY 1, 2 ORDER BY 1, 2"},
    {"duban_outbox_oldest_age_seconds",
     "gauge",
     "Age of the oldest message that nothing holds back and that was not sent.",
     {NULL, NULL},
     1000,
     "SELECT COALESCE(MAX($1 - created_at), 0) FROM outbox WHERE status IN ('waiting', 'claimed')"
     " AND COALESCE(hold_until, 0) <= $1"},
    {"duban_delivery_attempts_total",
     "counter",
     "Attempts by channel and outcome.",
     {"channel", "outcome"},
     0,
     "SELECT channel, outcome, COUNT(*) FROM deliveries WHERE $1 > 0 AND outcome <> 'started'"
     " GROUP BY 1, 2 ORDER BY 1, 2"},
    {"duban_delivery_seconds_sum",
     NULL,
     NULL,
     {"channel", NULL},
     1000000,
     "SELECT channel, SUM(micros) FROM deliveries WHERE $1 > 0 AND micros IS NOT NULL"
     " GROUP BY 1 ORDER BY 1"},
    {"duban_delivery_seconds_count",
     NULL,
     NULL,
     {"channel", NULL},
     0,
     "SELECT channel, COUNT(*) FROM deliveries WHERE $1 > 0 AND micros IS NOT NULL"
     " GROUP BY 1 ORDER BY 1"},
    {"duban_scheduler_lag_seconds",
     "gauge",
     "How long the case that is due longest has waited for its decision.",
     {NULL, NULL},
     1000,
     "SELECT COALESCE(MAX(0, $1 - MIN(wake_at)), 0) FROM cases WHERE wake_at <= $1"},
};

static void put_value(const struct metric *metric, int64_t value, struct buf *out)
{
    if (metric->divisor) {
        buf_add_format(out, " %.6f\n", (double)value / (double)metric->divisor);
    } else {
        buf_add_format(out, " %" PRId64 "\n", value);
    }
}

static void put_row(const struct metric *metric, const struct stmt *stmt, struct buf *out,
                    struct value *list)
{
    struct value *map = value_new_map();
    struct value *labels = value_new_map();
    int column = 0;

    buf_add_text(out, metric->name);
    for (; column < 2 && metric->labels[column]; column++) {
        const char *text = stmt_text(stmt, column, NULL); /* names that need no escaping */

        buf_add_format(out, "%s%s=\"%s\"", column ? "," : "{", metric->labels[column], text);
        value_set_text(labels, metric->labels[column], text);
    }
    buf_add_text(out, column ? "}" : "");
    put_value(metric, stmt_int(stmt, column), out);
    value_set_text(map, "name", metric->name);
    value_set(map, "labels", labels);
    value_set(map, "value",
              metric->divisor
                  ? value_new_float((double)stmt_int(stmt, column) / (double)metric->divisor)
                  : value_new_int(stmt_int(stmt, column)));
    value_push(list, map);
}

static bool put_metric(struct house *house, const struct metric *metric, struct buf *out,
                       struct value *list, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (metric->kind) {
        buf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                       metric->name, metric->kind);
    } else if (metric->divisor) {
        buf_add_text(out, "# HELP duban_delivery_seconds How long attempts took.\n"
                          "# TYPE duban_delivery_seconds summary\n");
    }
    if (!store_ask(house->site->store, metric->sql, &stmt, err, "i", site_now(house->site))) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        put_row(metric, stmt, out, list);
    }
    return false;
}

enum outcome metrics_handler(struct house *house, const struct args *args, struct err *err)
{
    const char *path = args_get(args, "o");
    struct value *list = value_new_list();
    struct buf text;
    bool ok;

    buf_init(&text, METRICS_MAX);
    ok = house_read(house, err);
    for (size_t i = 0; ok && i < COUNT_OF(METRICS); i++) {
        ok = put_metric(house, &METRICS[i], &text, list, err);
    }
    if (ok && path) {
        ok = file_write(path, buf_text(&text), text.length, 0644, err);
    } else if (ok) {
        out_print(&house->out, "%s", buf_text(&text));
    }
    if (ok) {
        out_document(&house->out, list);
        list = NULL;
    }
    buf_clear(&text);
    value_free(list);
    return args_outcome(ok);
}
