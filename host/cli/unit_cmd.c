/* `duban unit merge`: after a reform one unit goes on with what others did. Their open cases
   follow, each by a recorded fact; old papers keep the old name. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/successions.h"
#include "cli/form.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/passing.h"
#include "cli/right.h"

struct merging {
    struct house *house;
    const struct args *args;
    struct unit into;
    struct unit *units;
    size_t count;
    char since[12];
    int64_t ended;
};

static bool read_words(struct merging *work, struct err *err)
{
    struct house *house = work->house;
    const char *reason = args_get(work->args, "reason");

    if (!delegate_day(house, args_get(work->args, "on"), work->since, err) ||
        !registry_unit_find(house->site, house->office_id, args_get(work->args, "into"),
                            &work->into, err) ||
        (reason && !form_refuse_classified(house, NULL, reason, SAY("依据", "the reason"), err))) {
        return false;
    }
    work->units = mem_array(work->args->operand_count, sizeof *work->units);
    for (size_t i = 0; i < work->args->operand_count; i++) {
        if (!registry_unit_find(house->site, house->office_id, args_operand(work->args, i),
                                &work->units[work->count++], err)) {
            return false;
        }
    }
    return true;
}

static bool apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct merging *work = context;
    struct value *list = value_new_list();

    *body = value_new_map();
    value_set_text(*body, "since", work->since);
    value_set(*body, "units", list);
    for (size_t i = 0; i < work->count; i++) {
        const struct unit *unit = &work->units[i];
        int64_t ended = 0;

        if (!succession_make(work->house->site, unit, &work->into, work->since, &ended, err)) {
            return false;
        }
        value_push(list, value_new_text(unit->code));
        buf_add_format(result,
                       SAY("%s%s自 %s 起由%s承接，原有任职 %" PRId64 " 项止于前一日。",
                           "%s%s is succeeded from %s on by %s; roles held for it that ended: "
                           "%" PRId64 "."),
                       i ? "\n" : "", unit->name, work->since, work->into.name, ended);
    }
    return true;
}

static bool write_units(struct merging *work, struct err *err)
{
    struct house *house = work->house;
    struct value *content = value_new_list();
    struct buf result;
    struct act act;
    bool ok;

    for (size_t i = 0; i < work->count; i++) {
        value_push(content, value_new_text(work->units[i].code));
    }
    value_push(content, value_new_text(work->since));
    house_act(house, "unit merge", work->into.code, content, &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, apply, work, &result, err);
    if (ok) {
        out_print(&house->out, "%s\n", buf_text(&result));
    }
    buf_clear(&result);
    value_free(content);
    return ok;
}

static struct value *form_of(const struct merging *work, const struct unit *unit)
{
    struct value *form = value_new_map();
    const char *reason = args_get(work->args, "reason");

    value_set_text(form, "from", unit->code);
    value_set_text(form, "to", work->into.code);
    value_set_text(form, "since", work->since);
    if (reason) {
        value_set_text(form, "reason", reason);
    }
    return form;
}

/* The open cases of one unit follow it, or are only listed. */
static bool pass_cases(struct merging *work, const struct unit *unit, struct value *all,
                       size_t *refused, struct err *err)
{
    struct passing passing = {.house = work->house, .kind = "unit", .code = unit->code};
    struct value *cases = NULL;
    struct value *form;
    size_t some = 0;
    bool ok = passing_find(&passing, &cases, err);

    if (ok && !args_has(work->args, "dry-run")) {
        form = form_of(work, unit);
        ok = passing_record(&passing, "succeeded", form, &cases, &some, err);
        value_free(form);
    }
    for (size_t i = 0; ok && i < value_count(cases); i++) {
        value_push(all, value_copy(value_at(cases, i)));
    }
    *refused += some;
    value_free(cases);
    return ok;
}

static bool tell(struct merging *work, const struct value *all, struct err *err)
{
    struct out *out = &work->house->out;
    struct table *table = passing_table(all);
    bool ok = table_give(table, out, args_get(work->args, "o"),
                         SAY("没有在办案件随之承接。", "No open case follows."), err);

    table_free(table);
    if (ok && args_has(work->args, "dry-run")) {
        out_print(out, "%s\n",
                  SAY("这是预览，什么也没有写入。", "This was a preview; nothing was written."));
    }
    return ok;
}

static bool run(struct merging *work, struct err *err)
{
    struct house *house = work->house;
    bool is_dry = args_has(work->args, "dry-run");
    struct value *all = NULL;
    size_t refused = 0;
    bool ok = (is_dry ? house_start(house, err) && house_read(house, err)
                      : house_write(house, work->args, err)) &&
              right_administers(house, err) && read_words(work, err) &&
              (is_dry || write_units(work, err));

    all = value_new_list();
    for (size_t i = 0; ok && i < work->count; i++) {
        ok = pass_cases(work, &work->units[i], all, &refused, err);
    }
    ok = ok && tell(work, all, err);
    if (ok && refused) {
        err_set(err, ERR_INVALID,
                SAY("%zu 件中有 %zu 件未能随之承接；排除原因后再执行同一命令",
                    "of %zu cases %zu were refused; see why, then run the same command again"),
                value_count(all), refused);
        ok = false;
    }
    value_free(all);
    return ok;
}

enum outcome unit_merge_handler(struct house *house, const struct args *args, struct err *err)
{
    struct merging work = {.house = house, .args = args};
    bool ok;

    if (!args_get(args, "into") || !args_get(args, "on")) {
        return args_refuse(err, "%s",
                           SAY("请写明承接单位与日期，如：duban unit merge 省乡村振兴局 --into "
                               "省农业农村厅 --on 2026-05-01",
                               "say which unit and from when, as in: duban unit merge OLD --into "
                               "NEW --on 2026-05-01"));
    }
    ok = run(&work, err);
    mem_free(work.units);
    return args_outcome(ok);
}

const struct option unit_merge_options[] = {
    {"into", "UNIT", "由哪个单位承接", "the unit that goes on"},
    {"on", "DATE", "自哪天起", "from that day on"},
    {"reason", "TEXT", "依据，如改革方案文号", "what it rests on"},
    {"dry-run", NULL, "只列出随之承接的案件", "only lists the cases that follow"},
    OPTION_FILE,
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};
