/* `duban plan`: rungs that an outage held back. A person says which still fire and which do not. */
#include "cli/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/plans.h"
#include "cli/form.h"
#include "cli/house.h"
#include "cli/table.h"
#include "cli/view.h"
#include "serve/keeper.h"

const struct option plan_show_options[] = {
    {"case", "NUMBER", "只看一个案件", "only one case"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct option plan_sign_options[] = {
    {"fire", "ID", "仍要执行的（可多次给出）", "what still fires; may be repeated"},
    {"all", NULL, "其余全部执行", "everything not skipped fires"},
    {"skip", "ID", "不再执行的（可多次给出）", "what does not; may be repeated"},
    {"reason", "TEXT", "理由（必填）", "the reason, required"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct column COLUMNS[] = {
    {"id", "编号", "ID", 0, true},
    {"number", "案件", "CASE", 0, false},
    {"unit", "单位", "UNIT", 16, false},
    {"step", "原应执行", "STEP", 20, false},
    {"planned_at", "原定", "PLANNED", 0, false},
    {NULL, NULL, NULL, 0, false},
};

struct ids {
    int64_t *list;
    size_t count;
};

struct planning {
    struct view *view;
    struct table *table; /* NULL: only the ids are wanted */
    struct ids ids;
};

static void add_id(struct ids *ids, int64_t id)
{
    ids->list = mem_resize(ids->list, (ids->count + 1) * sizeof *ids->list);
    ids->list[ids->count++] = id;
}

static bool has_id(const struct ids *ids, int64_t id)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (ids->list[i] == id) {
            return true;
        }
    }
    return false;
}

static bool add_line(void *context, const struct plan_line *line)
{
    struct planning *planning = context;
    struct view_case found = {0};

    if (!view_case(planning->view, line->number, &found, NULL)) {
        return true;
    }
    add_id(&planning->ids, line->plan_id);
    if (planning->table) {
        table_int(planning->table, line->plan_id);
        table_text(planning->table, line->number);
        table_text(planning->table, found.unit_name);
        table_text(planning->table, label_title(view_about(planning->view, found.activation_id),
                                                "steps", line->step));
        table_instant(planning->table, line->planned_at);
    }
    view_case_clear(&found);
    return true;
}

enum outcome plan_show_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct view_case found = {0};
    struct planning planning = {.view = &view, .table = table_new(COLUMNS)};
    const char *number = args_get(args, "case");
    bool ok = false;

    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        (number && !view_case(&view, number, &found, err)) ||
        !plans_list(house->site->store, found.case_id, true, add_line, &planning, err)) {
        goto done;
    }
    table_show(planning.table, &house->out,
               SAY("没有待补办的事项。", "Nothing waits to be caught up."));
    if (planning.ids.count) {
        out_print(&house->out, "%s\n",
                  SAY("用 duban plan sign --all --reason … 或 --fire/--skip 编号 签署。",
                      "Sign with duban plan sign --all --reason …, or --fire/--skip ID."));
    }
    ok = true;
done:
    mem_free(planning.ids.list);
    table_free(planning.table);
    view_case_clear(&found);
    view_end(&view);
    return args_outcome(ok);
}

/* The ids behind one option, which may also hold several with commas; each must wait. */
static bool read_ids(const struct args *args, const char *name, const struct ids *waiting,
                     struct ids *out, struct err *err)
{
    const char *text;

    for (size_t i = 0; (text = args_value(args, name, i)) != NULL; i++) {
        do {
            char *end = NULL;
            int64_t id = strtoll(text, &end, 10);

            if (end == text || (*end && *end != ',') || !has_id(waiting, id)) {
                err_set(err, ERR_MISSING,
                        SAY("补办清单上没有 %s（见 duban plan show）",
                            "%s is not on the catch-up list (see duban plan show)"),
                        text);
                return false;
            }
            if (!has_id(out, id)) {
                add_id(out, id);
            }
            text = end + (*end == ',');
        } while (*text);
    }
    return true;
}

/* What fires and what does not, out of the options. */
static bool choose(const struct args *args, const struct ids *waiting, struct ids *fire,
                   struct ids *skip, struct err *err)
{
    if (!read_ids(args, "fire", waiting, fire, err) ||
        !read_ids(args, "skip", waiting, skip, err)) {
        return false;
    }
    for (size_t i = 0; i < skip->count; i++) {
        if (has_id(fire, skip->list[i])) {
            err_set(err, ERR_INVALID,
                    SAY("%" PRId64 " 不能既执行又不执行",
                        "%" PRId64 " cannot both fire and be skipped"),
                    skip->list[i]);
            return false;
        }
    }
    for (size_t i = 0; args_has(args, "all") && i < waiting->count; i++) {
        if (!has_id(skip, waiting->list[i]) && !has_id(fire, waiting->list[i])) {
            add_id(fire, waiting->list[i]);
        }
    }
    if (!fire->count && !skip->count) {
        err_set(err, ERR_MISSING, "%s",
                SAY("补办清单上没有要签的", "nothing on the catch-up list is to be signed"));
        return false;
    }
    return true;
}

static bool sign(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct planning planning = {.view = &view};
    struct ids fire = {0};
    struct ids skip = {0};
    struct keeper_plan plan = {.reason = args_get(args, "reason")};
    int64_t cases = 0;
    bool ok = false;

    if (!view_begin(&view, house, args, err) ||
        !plans_list(house->site->store, 0, true, add_line, &planning, err) ||
        !choose(args, &planning.ids, &fire, &skip, err)) {
        goto done;
    }
    plan.fire = fire.list;
    plan.fire_count = fire.count;
    plan.skip = skip.list;
    plan.skip_count = skip.count;
    if (!keeper_plan_sign(house->keeper, &house->actor, house->key, &plan, &cases, err)) {
        goto done;
    }
    out_print(&house->out,
              SAY("已签：执行 %zu 项，不再执行 %zu 项，涉及案件 %" PRId64 " 件。\n",
                  "Signed: %zu fired, %zu skipped, in %" PRId64 " cases.\n"),
              fire.count, skip.count, cases);
    if (house->out.is_json) {
        value_set_int(out_map(&house->out), "fired", (int64_t)fire.count);
        value_set_int(out_map(&house->out), "skipped", (int64_t)skip.count);
        value_set_int(out_map(&house->out), "cases", cases);
    }
    ok = true;
done:
    mem_free(planning.ids.list);
    mem_free(fire.list);
    mem_free(skip.list);
    view_end(&view);
    return ok;
}

enum outcome plan_sign_handler(struct house *house, const struct args *args, struct err *err)
{
    const char *reason = args_get(args, "reason");

    if (!reason || !*reason) {
        return args_refuse(err, "%s", SAY("须写明理由：--reason", "a reason is needed: --reason"));
    }
    if (!args_has(args, "all") && !args_has(args, "fire") && !args_has(args, "skip")) {
        return args_refuse(
            err, "%s",
            SAY("要写明 --fire 编号、--skip 编号 或 --all", "say --fire ID, --skip ID or --all"));
    }
    if (!house_write(house, args, err) ||
        !form_refuse_classified(house, NULL, reason, SAY("理由", "the reason"), err)) {
        return OUTCOME_REFUSED;
    }
    return args_outcome(sign(house, args, err));
}
