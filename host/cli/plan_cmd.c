/* `duban plan`: rungs that an outage held back. A person says which still fire and which do not. */
#include "cli/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/plans.h"
#include "cli/form.h"
#include "cli/house.h"
#include "cli/table.h"
#include "cli/view.h"
#include "serve/keeper.h"
#include "serve/keeper_sign.h"

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

/* What was asked for, as it was typed: the list itself is shorter the second time. */
static struct value *content_of(const struct house *house, const struct args *args)
{
    static const char *const NAMES[] = {"fire", "skip"};
    struct value *content = value_new_map();

    for (size_t k = 0; k < COUNT_OF(NAMES); k++) {
        struct value *list = value_new_list();
        const char *text;

        for (size_t i = 0; (text = args_value(args, NAMES[k], i)) != NULL; i++) {
            value_push(list, value_new_text(text));
        }
        value_set(content, NAMES[k], list);
    }
    value_set_bool(content, "all", args_has(args, "all"));
    value_set_text(content, "reason", args_get(args, "reason"));
    value_set_text(content, "by", house->person ? house->person : "");
    return content;
}

static void say_signed(struct house *house, const struct value *told)
{
    out_print(&house->out,
              SAY("已签：执行 %" PRId64 " 项，不再执行 %" PRId64 " 项，涉及案件 %" PRId64 " 件。\n",
                  "Signed: %" PRId64 " fired, %" PRId64 " skipped, in %" PRId64 " cases.\n"),
              value_get_int(told, "fired", 0), value_get_int(told, "skipped", 0),
              value_get_int(told, "cases", 0));
    out_document(&house->out, value_copy(told));
}

/* The first result under this key, when there is one. */
static bool look_back(struct house *house, const struct act *act, struct value **told,
                      struct err *err)
{
    struct buf first;
    bool is_repeat = false;
    bool ok;

    buf_init(&first, ACTS_RESULT_LIMIT);
    ok = act_begin(house->site, act, &is_repeat, &first, err) &&
         (!is_repeat || json_parse(buf_text(&first), first.length, told, err));
    buf_clear(&first);
    return ok;
}

struct signing {
    struct house *house;
    struct act act;
    struct value *told; /* what is said, now or at a repeat */
};

/* In the transaction of the signatures, so that a key never stands for half of them. */
static bool keep_told(void *context, int64_t cases, struct err *err)
{
    struct signing *signing = context;
    struct buf text;
    bool ok;

    value_set_int(signing->told, "cases", cases);
    if (!signing->act.key) {
        return true;
    }
    buf_init(&text, ACTS_RESULT_LIMIT);
    json_write(signing->told, &text);
    ok = act_finish(signing->house->site, &signing->act, buf_text(&text), NULL, err);
    buf_clear(&text);
    return ok;
}

static bool sign(struct signing *signing, const struct args *args, struct err *err)
{
    struct house *house = signing->house;
    struct view view = {0};
    struct planning planning = {.view = &view};
    struct ids fire = {0};
    struct ids skip = {0};
    struct keeper_plan plan = {
        .reason = args_get(args, "reason"), .also = keep_told, .context = signing};
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
    signing->told = value_new_map();
    value_set_int(signing->told, "fired", (int64_t)fire.count);
    value_set_int(signing->told, "skipped", (int64_t)skip.count);
    ok = keeper_plan_sign(house->keeper, &house->actor, house->key, &plan, &cases, err);
done:
    mem_free(planning.ids.list);
    mem_free(fire.list);
    mem_free(skip.list);
    view_end(&view);
    return ok;
}

static bool sign_once(struct house *house, const struct args *args, struct err *err)
{
    struct signing signing = {.house = house};
    struct value *content = content_of(house, args);
    bool ok;

    house_act(house, "plan sign", "", content, &signing.act);
    ok = look_back(house, &signing.act, &signing.told, err) &&
         (signing.told || sign(&signing, args, err));
    if (ok) {
        say_signed(house, signing.told);
    }
    value_free(content);
    value_free(signing.told);
    return ok;
}

enum outcome plan_sign_handler(struct house *house, const struct args *args, struct err *err)
{
    const char *reason = args_get(args, "reason");

    if (!reason || text_is_blank(reason)) {
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
    return args_outcome(sign_once(house, args, err));
}
