/* `duban delegate`: somebody is away, and another one holds the role for that time. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/lending.h"
#include "casework/rights.h"
#include "cli/args.h"
#include "cli/form.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/right.h"

struct delegation {
    struct house *house;
    struct person from, to;
    struct lending lending;
    struct role made;
    bool is_moved;
    char role[64];
    char since[12], until[12];
};

bool delegate_day(const struct house *house, const char *text, char out[static 12], struct err *err)
{
    int64_t day = clock_day(site_now(house->site));

    if (text && !clock_parse_day(text, &day, err)) {
        return false;
    }
    clock_format_day(day, out);
    return true;
}

bool delegate_may(struct house *house, const struct person *own, struct err *err)
{
    if (house->actor.person_id == own->person_id || right_administers(house, err)) {
        return true;
    }
    err_add(err,
            SAY("这要由%s本人（--by %s）或管理员办理",
                "this is for %s (--by %s) or for an administrator"),
            own->name, own->name);
    return false;
}

static bool read_words(struct delegation *work, const struct args *args, struct err *err)
{
    struct house *house = work->house;
    const char *unit_name = args_get(args, "unit");
    struct unit unit = {0};

    if (!lending_role(house->site, args_operand(args, 0), work->role, err) ||
        !registry_person_find(house->site, house->office_id, args_get(args, "from"), &work->from,
                              err) ||
        !registry_person_find(house->site, house->office_id, args_get(args, "to"), &work->to,
                              err) ||
        (unit_name && !registry_unit_find(house->site, house->office_id, unit_name, &unit, err)) ||
        !delegate_day(house, args_get(args, "since"), work->since, err) ||
        !delegate_day(house, args_get(args, "until"), work->until, err) ||
        !form_refuse_classified(house, NULL, args_get(args, "reason"), SAY("事由", "the reason"),
                                err)) {
        return false;
    }
    work->lending = (struct lending){.office_id = house->office_id,
                                     .unit_id = unit.unit_id,
                                     .role = work->role,
                                     .from = &work->from,
                                     .to = &work->to,
                                     .since = work->since,
                                     .until = work->until,
                                     .reason = args_get(args, "reason")};
    return true;
}

static bool apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct delegation *work = context;

    if (!lending_make(work->house->site, &work->lending, &work->made, &work->is_moved, err)) {
        return false;
    }
    *body = value_new_map();
    value_set_text(*body, "from", work->from.code);
    value_set_text(*body, "to", work->to.code);
    value_set_text(*body, "since", work->made.starts_on);
    value_set_text(*body, "until", work->made.ends_on);
    value_set_text(*body, "reason", work->lending.reason);
    buf_add_format(result,
                   work->is_moved ? SAY("代理已改期：%s 至 %s，%s 代 %s 任 %s（%s）",
                                        "changed: from %s to %s, %s acts for %s as %s (%s)")
                                  : SAY("代理已登记：%s 至 %s，%s 代 %s 任 %s（%s）",
                                        "lent: from %s to %s, %s acts for %s as %s (%s)"),
                   work->made.starts_on, work->made.ends_on, work->to.name, work->from.name,
                   rights_title(work->house->site, work->role), work->role);
    return true;
}

static bool run(struct delegation *work, const struct args *args, struct err *err)
{
    struct house *house = work->house;
    struct value *content;
    struct value *map;
    struct buf result;
    struct act act;
    bool ok;

    if (!house_write(house, args, err) || !read_words(work, args, err) ||
        !delegate_may(house, &work->from, err)) {
        return false;
    }
    content = value_new_map();
    value_set_text(content, "from", work->from.code);
    value_set_text(content, "to", work->to.code);
    value_set_text(content, "since", args_get(args, "since") ? work->since : "");
    value_set_text(content, "until", work->until);
    value_set_text(content, "reason", work->lending.reason);
    house_act(house, "delegate", work->role, content, &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, apply, work, &result, err);
    if (ok) {
        out_print(&house->out, "%s\n", buf_text(&result));
        map = out_map(&house->out);
        if (map) {
            value_set_text(map, "text", buf_text(&result));
        }
    }
    buf_clear(&result);
    value_free(content);
    return ok;
}

enum outcome delegate_handler(struct house *house, const struct args *args, struct err *err)
{
    static const char *const NEEDED[] = {"from", "to", "until", "reason"};
    struct delegation work = {.house = house};

    for (size_t i = 0; i < COUNT_OF(NEEDED); i++) {
        const char *given = args_get(args, NEEDED[i]);

        if (!given || !*given) {
            return args_refuse(err,
                               SAY("请写明 --%s，如：duban delegate director --from 赵主任 --to "
                                   "钱副主任 --until 2026-03-10 --reason 出差",
                                   "--%s is missing, as in: duban delegate director --from ZHAO "
                                   "--to QIAN --until 2026-03-10 --reason travel"),
                               NEEDED[i]);
        }
    }
    return args_outcome(run(&work, args, err));
}

const struct option delegate_options[] = {
    {"from", "PERSON", "谁的角色", "whose role it is"},
    {"to", "PERSON", "由谁代理", "who holds it for that time"},
    {"since", "DATE", "从哪天起，默认今天", "from that day on; default today"},
    {"until", "DATE", "到哪天为止（含当日）", "through that day"},
    {"unit", "UNIT", "单位角色属于哪个单位", "the unit, for a role held for one"},
    {"reason", "TEXT", "事由", "why"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};
