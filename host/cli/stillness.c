/* The reasons are looked for in the order in which they stop everything behind them: the case has
   ended, was put aside, its version was, the clock stands, nobody ticked; then whom it waits for.
 */
#include "cli/stillness.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/faults.h"
#include "casework/plans.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "cli/signers.h"

struct telling {
    struct view *view;
    const struct view_case *of;
    struct value *lines;
    int64_t now;
};

static void tell(struct telling *telling, const struct buf *text)
{
    value_push(telling->lines, value_new_text(buf_text(text)));
}

static void add_instant(int64_t instant, struct buf *out)
{
    char text[24];

    clock_format_instant(instant, text);
    text[16] = '\0';
    buf_add_text(out, text);
}

static struct store *store_of(const struct telling *telling)
{
    return telling->view->house->site->store;
}

/* ---- what stops everything ---- */

static bool tell_faults(struct telling *telling, struct err *err)
{
    struct fault *faults = NULL;
    size_t count = 0;
    bool ok =
        fault_list(telling->view->house->site, NULL, telling->of->case_id, &faults, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        struct buf text;

        buf_init(&text, 8192);
        buf_add_text(&text, SAY("  已搁置，自 ", "  put aside since "));
        add_instant(faults[i].at, &text);
        buf_add_format(&text,
                       SAY("：%s；排除后执行 duban quarantine return %s",
                           ": %s; when that is mended: duban quarantine return %s"),
                       faults[i].sentence, telling->of->number);
        tell(telling, &text);
        buf_clear(&text);
    }
    fault_list_free(faults, count);
    return ok;
}

static bool tell_version(struct telling *telling, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store_of(telling),
                        "SELECT f.at, f.sentence, v.workflow FROM activations AS a JOIN versions AS"
                        " v ON v.version_id = a.version_id JOIN faults AS f ON f.hash = v.hash AND"
                        " f.case_id IS NULL AND f.cleared_at IS NULL WHERE a.activation_id = $1",
                        &stmt, err, "i", telling->of->activation_id);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct buf text;

        buf_init(&text, 8192);
        buf_add_text(&text, SAY("  所用版本已停用，自 ", "  its version is put aside since "));
        add_instant(stmt_int(stmt, 0), &text);
        buf_add_format(&text,
                       SAY("：%s；排除后执行 duban quarantine return %s",
                           ": %s; when that is mended: duban quarantine return %s"),
                       stmt_text(stmt, 1, NULL), stmt_text(stmt, 2, NULL));
        tell(telling, &text);
        buf_clear(&text);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* ---- the clock ---- */

/* When the last tick was; CASE_NEVER when there was none. */
static int64_t last_tick(const struct telling *telling)
{
    int64_t at = 0;
    struct err unsaid = {0};

    return store_one_int(store_of(telling),
                         "SELECT at FROM audit WHERE act = 'tick' ORDER BY audit_id DESC LIMIT 1",
                         &at, &unsaid, "")
               ? at
               : CASE_NEVER;
}

static void tell_clock(struct telling *telling)
{
    bool is_virtual = telling->view->house->site->is_virtual;
    int64_t tick = last_tick(telling);
    struct buf text;

    buf_init(&text, 4096);
    buf_add_text(&text, is_virtual
                            ? SAY("  站点时钟：演练，停在 ", "  the site's clock: a rehearsal, at ")
                            : SAY("  站点时钟：真实，现在 ", "  the site's clock: real, now "));
    add_instant(telling->now, &text);
    if (is_virtual) {
        buf_add_text(&text, SAY("，只有 duban tick --until 时间 才往前走",
                                "; only duban tick --until TIME moves it"));
    }
    buf_add_text(&text, SAY("；上次 tick：", "; the last tick: "));
    if (tick == CASE_NEVER) {
        buf_add_text(&text, SAY("还没有运行过", "none yet"));
    } else {
        add_instant(tick, &text);
    }
    tell(telling, &text);
    buf_clear(&text);
}

/* What wakes the case next, or should have. */
static bool tell_wake(struct telling *telling, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    int64_t wake = CASE_NEVER, waiting = 0;
    struct buf text;
    bool ok =
        store_ask(store_of(telling), "SELECT wake_at, seq - folded FROM cases WHERE case_id = $1",
                  &stmt, err, "i", telling->of->case_id) &&
        stmt_step(stmt, &has_row, err);

    if (ok && has_row) {
        wake = stmt_is_null(stmt, 0) ? CASE_NEVER : stmt_int(stmt, 0);
        waiting = stmt_int(stmt, 1);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    if (!ok) {
        return false;
    }
    buf_init(&text, 4096);
    if (waiting > 0) {
        buf_add_format(&text,
                       SAY("  有 %" PRId64 " 条登记还没有处理，请运行 duban tick",
                           "  %" PRId64 " rows were not decided yet: run duban tick"),
                       waiting);
    } else if (wake == CASE_NEVER) {
        buf_add_text(&text, SAY("  没有到期的自动处理：只有人办理才会往下走",
                                "  nothing is due by itself: it goes on only when somebody acts"));
    } else {
        buf_add_text(&text, wake <= telling->now
                                ? SAY("  本应在 ", "  should have gone on at ")
                                : SAY("  下一次自动处理在 ", "  goes on by itself at "));
        add_instant(wake, &text);
        buf_add_text(&text, wake <= telling->now
                                ? SAY(" 自动处理，之后没有运行过 tick：请运行 duban tick",
                                      ", but no tick ran since: run duban tick")
                                : SAY("，届时须有 tick 运行", ", when a tick runs"));
    }
    tell(telling, &text);
    buf_clear(&text);
    return true;
}

/* ---- whom it waits for ---- */

/* "分管领导（刘晓振、何杰桂）": who holds what the next sign asks for today. */
static void add_holders(struct telling *telling, const struct proposal_line *line, struct buf *out)
{
    struct value *list = NULL;
    const struct value *who = NULL;
    size_t told = 0;

    signers_say(telling->view, line->signs, line->next_sign, out);
    if (json_parse(line->signs, strlen(line->signs), &list, NULL)) {
        who =
            value_get(value_at(list, line->next_sign > 0 ? (size_t)line->next_sign - 1 : 0), "who");
    }
    for (size_t i = 0; i < value_count(who); i++) {
        int64_t *ids = NULL;
        size_t count = 0;
        struct err unsaid = {0};

        if (!rights_find(telling->view->house->site, line->office_id, value_at(who, i),
                         clock_day(telling->now), &ids, &count, &unsaid)) {
            continue;
        }
        for (size_t k = 0; k < count; k++) {
            struct person person;

            if (registry_person(telling->view->house->site, ids[k], &person, &unsaid)) {
                buf_add_format(out, "%s%s", told++ ? SAY("、", ", ") : SAY("（", " ("),
                               person.name);
            }
        }
        mem_free(ids);
    }
    buf_add_text(out, told ? SAY("）", ")") : SAY("（现在无人担任）", " (nobody holds it now)"));
    value_free(list);
}

static bool tell_proposal(void *context, const struct proposal_line *line)
{
    struct telling *telling = context;
    struct buf text;

    buf_init(&text, 8192);
    buf_add_format(&text, SAY("  “%s”（P%" PRId64 "）等", "  \"%s\" (P%" PRId64 ") waits for "),
                   line->title, line->proposal_id);
    add_holders(telling, line, &text);
    buf_add_text(&text, SAY("签批，提出于 ", " to sign since "));
    add_instant(line->raised_at, &text);
    buf_add_text(&text, SAY("；签批以前它和它后面的各级都不执行",
                            "; neither it nor the steps behind it happen before"));
    tell(telling, &text);
    buf_clear(&text);
    return true;
}

static bool tell_plan(void *context, const struct plan_line *line)
{
    struct telling *telling = context;
    struct buf text;

    buf_init(&text, 8192);
    buf_add_format(
        &text,
        SAY("  “%s”在停机期间错过，等负责人签补办清单：duban plan show --case %s",
            "  \"%s\" was missed in an outage and waits on the catch-up list: duban plan"
            " show --case %s"),
        label_title(view_about(telling->view, telling->of->activation_id), "steps", line->step),
        telling->of->number);
    tell(telling, &text);
    buf_clear(&text);
    return true;
}

/* ---- what is held ---- */

static void tell_held(struct telling *telling, const char *kind, const char *name,
                      const struct value *body)
{
    const struct value *about = view_about(telling->view, telling->of->activation_id);
    const char *on = value_get_text(body, "on");
    const char *by = value_get_text(body, "by");
    struct buf text;

    on = on ? on : value_get_text(body, "from");
    buf_init(&text, 8192);
    if (strcmp(kind, "held") == 0) {
        buf_add_format(&text, SAY("  阶梯“%s”停住", "  the ladder \"%s\" is held"),
                       label_title(about, "ladders", name));
    } else {
        buf_add_format(&text,
                       strcmp(kind, "paused") == 0
                           ? SAY("  “%s”暂停计时", "  \"%s\" is paused")
                           : SAY("  “%s”停表：已提交，等审核", "  \"%s\" stands: submitted"),
                       label_title(about, "deadlines", name));
    }
    if (on) {
        buf_add_format(&text, SAY("，自 %s 起", ", from %s"), on);
    }
    if (by) {
        buf_add_format(&text, SAY("，因 %s", ", by %s"), label_title(about, "facts", by));
    }
    tell(telling, &text);
    buf_clear(&text);
}

/* The newest row of each deadline and ladder says whether it stands. */
static bool tell_holds(struct telling *telling, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(
        store_of(telling),
        "SELECT e.kind, e.name, e.body FROM events AS e WHERE e.case_id = $1 AND e.is_input = 0"
        " AND e.kind IN ('held', 'submitted', 'paused') AND NOT EXISTS (SELECT 1 FROM events AS l"
        " WHERE l.case_id = $1 AND l.seq > e.seq AND l.name = e.name AND l.is_input = 0 AND l.kind "
        "IN"
        " ('held', 'resumed', 'submitted', 'returned', 'paused', 'met', 'armed')) ORDER BY e.seq",
        &stmt, err, "i", telling->of->case_id);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 2, &length);
        struct value *body = NULL;

        if (!text || !json_parse(text, length, &body, NULL)) {
            body = NULL;
        }
        tell_held(telling, stmt_text(stmt, 0, NULL), stmt_text(stmt, 1, NULL), body);
        value_free(body);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

static bool tell_messages(struct telling *telling, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(store_of(telling),
                        "SELECT SUM(status = 'waiting'), SUM(status = 'dead') FROM outbox WHERE"
                        " case_id = $1",
                        &stmt, err, "i", telling->of->case_id) &&
              stmt_step(stmt, &has_row, err);
    int64_t waiting = ok && has_row ? stmt_int(stmt, 0) : 0;
    int64_t dead = ok && has_row ? stmt_int(stmt, 1) : 0;
    struct buf text;

    if (stmt) {
        stmt_reset(stmt);
    }
    buf_init(&text, 4096);
    if (waiting > 0) {
        buf_add_format(
            &text, SAY("  消息 %" PRId64 " 条还没有发出", "  %" PRId64 " messages not sent yet"),
            waiting);
    }
    if (dead > 0) {
        buf_add_format(&text, SAY("%s %" PRId64 " 条不达", "%s %" PRId64 " reached nobody"),
                       waiting > 0 ? SAY("，", ",") : SAY("  消息", "  messages:"), dead);
    }
    if (waiting + dead > 0) {
        buf_add_format(&text, SAY("：见 duban outbox --case %s", ": duban outbox --case %s"),
                       telling->of->number);
        tell(telling, &text);
    }
    buf_clear(&text);
    return ok;
}

bool stillness_tell(struct view *view, const struct view_case *of, struct value *lines,
                    struct err *err)
{
    struct telling telling = {
        .view = view, .of = of, .lines = lines, .now = site_now(view->house->site)};
    struct store *store = view->house->site->store;

    value_push(lines, value_new_text(SAY("为什么没有动静", "why nothing happens")));
    if (of->closed_at != CASE_NEVER) {
        value_push(lines, value_new_text(SAY("  案件已经结束", "  the case has ended")));
        return true;
    }
    if (!tell_faults(&telling, err) || !tell_version(&telling, err)) {
        return false;
    }
    tell_clock(&telling);
    return tell_wake(&telling, err) &&
           proposals_list(store, of->case_id, true, tell_proposal, &telling, err) &&
           plans_list(store, of->case_id, true, tell_plan, &telling, err) &&
           tell_holds(&telling, err) && tell_messages(&telling, err);
}
