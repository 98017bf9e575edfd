/* `duban deliver`: one round of sending, with every failure as a sentence; or, with --dry-run, what
   it would do. */
#include "cli/handlers.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/local.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/channels.h"
#include "cli/house.h"
#include "cli/messages.h"
#include "cli/table.h"
#include "cli/waiting.h"
#include "cli/wrap.h"
#include "serve/deliver.h"
#include "serve/errand.h"

const struct option deliver_options[] = {
    {"until-empty", NULL, "等待重试，直到没有能发的消息",
     "waits for retries until nothing can be sent"},
    {"dry-run", NULL, "只列出各渠道将发什么，不发送", "tells what each channel would send"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

/* ---- the round ---- */

static const char *what_next(const struct retry_next *next, struct buf *text)
{
    int64_t seconds = next->delay_ms / 1000;

    if (next->fate == RETRY_DEAD) {
        return SAY("不再发送", "given up");
    }
    if (next->fate == RETRY_ASK) {
        return SAY("待人工确认", "somebody must look");
    }
    if (next->fate == RETRY_SENT) {
        return SAY("先前已送达", "it had arrived before");
    }
    if (next->pause_ms) {
        buf_add_format(text, SAY("渠道停 %" PRId64 " 秒", "the channel rests for %" PRId64 " s"),
                       next->pause_ms / 1000);
    } else if (seconds) {
        buf_add_format(text, SAY("%" PRId64 " 秒后再试", "again in %" PRId64 " s"), seconds);
    } else {
        buf_add_text(text, SAY("立即再试", "again at once"));
    }
    return buf_text(text);
}

struct telling {
    struct house *house;
    struct value *list;
};

static void tell_failure(void *context, const struct deliver_failure *failure)
{
    struct telling *telling = context;
    const char *outcome = sent_name(failure->outcome);
    struct value *map = value_new_map();
    struct buf next;
    struct buf line;

    buf_init(&next, 256);
    buf_init(&line, 4096);
    buf_add_format(&line, "%" PRId64 "  %s  %s%s%s%s%s%s%s%s%s", failure->outbox_id,
                   failure->channel, messages_outcome(outcome), failure->code[0] ? "  " : "",
                   failure->code, failure->text[0] ? "  " : "", failure->text, SAY("；", "; "),
                   what_next(failure->next, &next), failure->hint[0] ? SAY("；", "; ") : "",
                   failure->hint);
    wrap_rest(&telling->house->out, 2, buf_text(&line));
    buf_clear(&line);
    value_set_int(map, "id", failure->outbox_id);
    value_set_int(map, "attempt", failure->attempt);
    value_set_text(map, "channel", failure->channel);
    value_set_text(map, "outcome", outcome);
    value_set_text(map, "code", failure->code);
    value_set_text(map, "text", failure->text);
    value_set_text(map, "hint", failure->hint);
    value_push(telling->list, map);
    buf_clear(&next);
}

static void say_report(struct house *house, const struct deliver_report *report,
                       struct value *failures)
{
    struct value *map = out_map(&house->out);
    struct value *outcomes;

    out_print(&house->out,
              SAY("发出 %" PRId64 " 次，送达 %" PRId64 " 条，不达 %" PRId64 " 条，结果不明 %" PRId64
                  " 条，待发 %" PRId64 " 条\n",
                  "attempts %" PRId64 ", sent %" PRId64 ", dead %" PRId64 ", unknown %" PRId64
                  ", waiting %" PRId64 "\n"),
              report->claimed, report->sent, report->dead, report->asked, report->waiting);
    if (!map) {
        value_free(failures);
        return;
    }
    outcomes = value_new_map();
    for (size_t i = 0; i < COUNT_OF(report->outcomes); i++) {
        value_set_int(outcomes, sent_name((enum sent_kind)i), report->outcomes[i]);
    }
    value_set_int(map, "routed", report->routed);
    value_set_int(map, "attempts", report->claimed);
    value_set_int(map, "sent", report->sent);
    value_set_int(map, "dead", report->dead);
    value_set_int(map, "unknown", report->asked);
    value_set_int(map, "waiting", report->waiting);
    value_set(map, "outcomes", outcomes);
    value_set(map, "failures", failures);
}

/* ---- what it would do ---- */

static const struct column COLUMNS[] = {
    {"channel", "渠道", "CHANNEL", 0, false},   {"due", "现在可发", "DUE", 0, true},
    {"later", "稍后", "LATER", 0, true},        {"held", "暂缓", "HELD", 0, true},
    {"expired", "过时效", "OUTDATED", 0, true}, {NULL, NULL, NULL, 0, false},
};

static bool dry_run(struct house *house, struct err *err)
{
    struct stmt *stmt = NULL;
    struct table *table = NULL;
    int64_t now = site_now(house->site);
    bool has_row = false;

    if (!store_ask(house->site->store,
                   "SELECT COALESCE(channel, ''),"
                   " SUM(retry_at <= $1 AND COALESCE(hold_until, 0) <= $2"
                   " AND COALESCE(expires_at, $2 + 1) > $2),"
                   " SUM(retry_at > $1), SUM(COALESCE(hold_until, 0) > $2),"
                   " SUM(COALESCE(expires_at, $2 + 1) <= $2)"
                   " FROM outbox WHERE status = 'waiting' GROUP BY 1 ORDER BY 1",
                   &stmt, err, "ii", clock_steady(), now)) {
        return false;
    }
    table = table_new(COLUMNS);
    while (stmt_step(stmt, &has_row, err)) {
        const char *channel;

        if (!has_row) {
            table_show(table, &house->out, SAY("没有待发的消息。", "Nothing waits."));
            table_free(table);
            return true;
        }
        channel = stmt_text(stmt, 0, NULL);
        table_word(table, PAINT_NONE, *channel ? channel : SAY("（未定）", "(not chosen)"),
                   *channel ? channel : NULL);
        for (int i = 1; i <= 4; i++) {
            table_int(table, stmt_int(stmt, i));
        }
    }
    table_free(table);
    return false;
}

/* Somebody else sends for this site all the time. */
static bool is_served(const struct house *house)
{
    struct err unsaid = {0};
    char *path = file_join(house->globals.dir, ERRAND_SOCKET);
    int socket;
    bool is_there = local_connect(path, &socket, &unsaid);

    mem_free(path);
    if (is_there) {
        close(socket);
    }
    return is_there;
}

enum outcome deliver_handler(struct house *house, const struct args *args, struct err *err)
{
    struct deliver_report report = {0};
    struct telling telling = {.house = house};
    struct deliver_options options = {
        .is_until_empty = args_has(args, "until-empty"), .each = tell_failure, .context = &telling};
    bool ok;

    if (args_has(args, "dry-run")) {
        return args_outcome(house_read(house, err) && dry_run(house, err));
    }
    if (is_served(house)) {
        err_set(err, ERR_BUSY, "%s",
                SAY("duban serve 正在运行，消息由它发送；进展见 duban outbox",
                    "duban serve is running and sends by itself; see duban outbox"));
        return OUTCOME_REFUSED;
    }
    telling.list = value_new_list();
    ok = house_courier(house, err) && house_write(house, args, err) &&
         keeper_deliver(house->keeper, house->courier, &options, &report, err);
    if (ok) {
        say_report(house, &report, telling.list);
        telling.list = NULL;
        ok = !report.waiting || waiting_say(house, err);
    }
    value_free(telling.list);
    return args_outcome(ok);
}
