/* `duban todo`: what somebody finds on the desk in the morning, each with the command that deals
   with it; for a head also how the office stands. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "cli/handlers.h"
#include "cli/todo.h"

#define ROWS_MOST 10 /* of a section, unless --limit says otherwise */

const struct option todo_options[] = {
    {"head", NULL, "按负责人看：按单位、人员、下级机构计数",
     "as a head: by unit, person and office"},
    {"limit", "N", "每段至多列出 N 项（默认 10）", "at most N of each section (10 unless given)"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

static bool open_calendar(struct todo *todo, struct err *err)
{
    struct calendar calendar = {0};
    struct err unsaid = {0};

    (void)err;
    if (calendar_current(todo->view->house->site, todo->view->house->office_id, &calendar,
                         &unsaid)) {
        todo->workdays = workdays_new(calendar.years);
        calendar_clear(&calendar);
    }
    return true;
}

/* Somebody's desk stands in their own office, unless another was asked for. */
static bool go_home(struct todo *todo, struct err *err)
{
    struct house *house = todo->view->house;
    struct person person;

    if (house->globals.office || !todo->person_id) {
        return true;
    }
    if (!registry_person(house->site, todo->person_id, &person, err)) {
        return false;
    }
    if (view_sees_office(todo->view, person.office_id)) {
        todo->view->scope.office_id = person.office_id;
    }
    return true;
}

static bool begin(struct todo *todo, const struct args *args, struct err *err)
{
    struct house *house = todo->view->house;

    todo->by = args_get(args, "by");
    todo->person_id = house->actor.person_id;
    todo->today = clock_day(site_now(house->site));
    todo->sunday = todo->today + 7 - workdays_weekday(todo->today);
    todo->stances = value_new_map();
    if (!todo->person_id && !args_has(args, "head")) {
        err_set(err, ERR_MISSING, "%s",
                SAY("账户没有绑定人员，请加 --by 姓名，或用 --head 看全办",
                    "the account is nobody: add --by NAME, or --head for the whole office"));
        return false;
    }
    if (!go_home(todo, err) ||
        !duties_open(house->site, todo->person_id, todo->today, &todo->duties, err) ||
        !open_calendar(todo, err)) {
        return false;
    }
    todo->is_head =
        !todo->view->scope.unit_id &&
        (args_has(args, "head") || duties_is_head(todo->duties, todo->view->scope.office_id));
    return true;
}

static void end(struct todo *todo)
{
    for (size_t i = 0; i < TODO_SECTIONS; i++) {
        for (size_t k = 0; k < todo->lists[i].kept; k++) {
            mem_free(todo->lists[i].items[k].reason);
            mem_free(todo->lists[i].items[k].command);
        }
        mem_free(todo->lists[i].items);
    }
    duties_close(todo->duties);
    workdays_free(todo->workdays);
    value_free(todo->stances);
}

static void say_rest(const struct todo *todo, struct value *map)
{
    const struct out *out = &todo->view->house->out;
    int64_t count = 0;

    for (size_t i = 0; i < TODO_SECTIONS; i++) {
        count += todo->lists[i].count;
    }
    if (!count && !todo->is_head) {
        out_print(out, "%s\n", SAY("没有要办的事项。", "Nothing to do."));
    }
    if (todo->later) {
        out_print(out,
                  SAY("本周以后到期的 %" PRId64 " 件，见 duban cases --open --sort due\n",
                      "%" PRId64 " fall due later: duban cases --open --sort due\n"),
                  todo->later);
    }
    value_set_int(map, "later", todo->later);
}

enum outcome todo_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct todo todo = {.view = &view};
    struct value *map = value_new_map();
    int64_t limit = ROWS_MOST;
    bool ok = false;

    if (!args_int(args, "limit", ROWS_MOST, &limit, err) || limit < 1 || limit > 10000) {
        value_free(map);
        return args_refuse(err, "%s", SAY("--limit 应为 1 至 10000", "--limit takes 1 to 10000"));
    }
    todo.limit = (size_t)limit;
    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !begin(&todo, args, err) || !todo_gather_cases(&todo, err) ||
        !todo_gather_waiting(&todo, err) || !todo_show(&todo, map, err) ||
        (todo.is_head && !todo_show_head(&todo, map, err))) {
        goto done;
    }
    say_rest(&todo, map);
    out_document(&house->out, map);
    map = NULL;
    ok = true;
done:
    value_free(map);
    end(&todo);
    view_end(&view);
    return args_outcome(ok);
}
