/* Making a site, its settings, and what was put aside in it. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/settings.h"
#include "casework/versions.h"
#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/example.h"
#include "cli/house.h"
#include "cli/quarantine.h"
#include "cli/right.h"
#include "cli/table.h"
#include "cli/view.h"

#define RESULT_MAX ACTS_RESULT_LIMIT

/* ---- init ---- */

static bool read_clock(const char *text, int64_t *start, struct err *err)
{
    static const char prefix[] = "virtual=";

    *start = 0;
    if (!text) {
        return true;
    }
    if (strncmp(text, prefix, sizeof prefix - 1) != 0) {
        err_set(err, ERR_INVALID,
                SAY("--clock 应写成 virtual=时间，不是“%s”",
                    "--clock is written virtual=TIME, not \"%s\""),
                text);
        return false;
    }
    return clock_parse_instant(text + sizeof prefix - 1, start, err);
}

static void tell_made(struct house *house, const char *folder, int64_t start)
{
    struct value *map = out_map(&house->out);
    char at[24] = "";

    if (start) {
        clock_format_instant(start, at);
    }
    if (map) {
        value_set_text(map, "site", folder);
        value_set_text(map, "clock", start ? "virtual" : "real");
        if (start) {
            value_set_text(map, "now", at);
        }
    }
    out_print(&house->out, SAY("站点已建立：%s\n", "the site is ready: %s\n"), folder);
    if (start) {
        out_print(&house->out, SAY("演练时钟：%s\n", "rehearsal clock: %s\n"), at);
    }
}

static enum outcome init_site(struct house *house, const struct args *args, struct err *err)
{
    const char *folder = args_operand(args, 0);
    struct site_options options = {
        .folder = folder, .office = house->globals.office, .office_name = args_get(args, "name")};

    if (!read_clock(args_get(args, "clock"), &options.virtual_start, err)) {
        return OUTCOME_REFUSED;
    }
    if (!house_library(house, err)) {
        return OUTCOME_REFUSED;
    }
    options.library = house->library;
    if (!site_make(&options, err)) {
        return OUTCOME_REFUSED;
    }
    tell_made(house, folder, options.virtual_start);
    house->globals.dir = folder;
    house->globals.office = NULL; /* the new site's own */
    return args_outcome(!args_has(args, "example") || example_fill(house, args, err));
}

static const struct option init_options[] = {
    {"name", "TEXT", "机关名称，默认按区划", "name of the office; default by its region"},
    {"example", NULL, "带示例单位、人员与脚本", "with example units, people and scripts"},
    {"clock", "virtual=TIME", "演练时钟，从该时间开始", "a rehearsal clock that starts at TIME"},
    {NULL, NULL, NULL, NULL},
};

/* ---- setting ---- */

static const struct column setting_columns[] = {
    {"workflow", "程序", "workflow", 0, false},
    {"id", "名称", "name", 0, false},
    {"label", "说明", "label", 30, false},
    {"value", "现值", "value", 24, false},
    {"default", "脚本值", "default", 24, false},
    {"min", "最小", "min", 0, false},
    {"max", "最大", "max", 0, false},
    {"fixed", "可改", "open", 0, false},
    {"from", "来自", "from", 0, false},
    {NULL, NULL, NULL, 0, false},
};

static void setting_row(struct table *table, const char *workflow, const struct value *setting)
{
    bool is_fixed = value_get_bool(setting, "fixed");
    const char *from = value_get_text(setting, "from_name");

    table_text(table, workflow);
    table_text(table, value_get_text(setting, "id"));
    table_text(table, value_get_text(setting, "label"));
    table_paint(table, from ? PAINT_BOLD : PAINT_NONE, value_get_text(setting, "value"));
    table_text(table, value_get_text(setting, "default"));
    table_text(table, value_get_text(setting, "min"));
    table_text(table, value_get_text(setting, "max"));
    table_text(table, is_fixed ? SAY("否", "no") : SAY("是", "yes"));
    table_text(table, from ? from : SAY("脚本", "script"));
}

/* Adds the settings of one workflow, or the one named; *found tells whether there was any. */
static bool add_settings(struct house *house, const char *workflow, const char *name,
                         struct table *table, struct value *list, struct err *err)
{
    struct value *settings = NULL;

    if (!setting_list(house->site, house->office_id, workflow, &settings, err)) {
        return false;
    }
    for (size_t i = 0; i < value_count(settings); i++) {
        const struct value *setting = value_at(settings, i);
        const char *label = value_get_text(setting, "label");
        struct value *copy;

        if (name && strcmp(name, value_get_text(setting, "id")) != 0 &&
            (!label || strcmp(name, label) != 0)) {
            continue;
        }
        setting_row(table, workflow, setting);
        copy = value_copy(setting);
        value_set_text(copy, "workflow", workflow);
        value_push(list, copy);
    }
    value_free(settings);
    return true;
}

static bool show_settings(struct house *house, const char *workflow, const char *name,
                          struct err *err)
{
    bool ok = false;
    struct value *ids = NULL;
    struct value *list = value_new_list();
    struct table *table = table_new(setting_columns);

    if (!workflow && !activation_in_force(house->site, house->office_id, "workflow", &ids, err)) {
        goto done;
    }
    if (workflow && !add_settings(house, workflow, name, table, list, err)) {
        goto done;
    }
    for (size_t i = 0; i < value_count(ids); i++) {
        if (!add_settings(house, value_text(value_at(ids, i)), NULL, table, list, err)) {
            goto done;
        }
    }
    if (name && table_rows(table) == 0) {
        err_set(err, ERR_MISSING,
                SAY("%s 没有设置项“%s”，可用 duban setting %s 查看",
                    "%s has no setting \"%s\"; see duban setting %s"),
                workflow, name, workflow);
        goto done;
    }
    table_print(table, &house->out, SAY("没有可设置的项目", "there is nothing to set"));
    out_document(&house->out, list);
    list = NULL;
    ok = true;
done:
    table_free(table);
    value_free(list);
    value_free(ids);
    return ok;
}

struct setting_work {
    struct house *house;
    struct setting_change change;
    int64_t changed;
};

static bool setting_apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct setting_work *work = context;

    if (!setting_set(work->house->site, &work->change, &work->changed, err)) {
        return false;
    }
    *body = value_new_map();
    value_set_text(*body, "name", work->change.name);
    value_set_text(*body, "value", work->change.text);
    buf_add_format(result, "%lld", (long long)work->changed);
    return true;
}

static bool change_setting(struct house *house, const char *workflow, const char *name,
                           const char *text, struct err *err)
{
    bool ok;
    struct act act;
    struct buf result;
    struct value *content = value_new_map();
    struct setting_work work = {.house = house,
                                .change = {.office_id = house->office_id,
                                           .workflow = workflow,
                                           .name = name,
                                           .text = text,
                                           .actor = &house->actor}};

    value_set_text(content, "name", name);
    value_set_text(content, "value", text);
    house_act(house, "setting", workflow, content, &act);
    buf_init(&result, RESULT_MAX);
    ok = act_run(house->site, &act, setting_apply, &work, &result, err);
    if (ok) {
        out_print(
            &house->out,
            SAY("已设置 %s.%s，新事项按此办理（更新启用版本 %s 个）；在办事项不变\n",
                "%s.%s is set for new cases (activations renewed: %s); open cases keep theirs\n"),
            workflow, name, buf_text(&result));
    }
    buf_clear(&result);
    value_free(content);
    return ok && show_settings(house, workflow, name, err);
}

static enum outcome setting_run(struct house *house, const struct args *args, struct err *err)
{
    const char *word = args_operand(args, 0);
    const char *value = args_operand(args, 1);
    const char *dot = word ? strchr(word, '.') : NULL;
    char *workflow = dot ? mem_text_n(word, (size_t)(dot - word)) : mem_text(word);
    bool is_reset = args_has(args, "reset");
    enum outcome outcome;
    char *own = NULL;

    if ((value || is_reset) && (!dot || !dot[1])) {
        outcome =
            args_refuse(err, "%s",
                        SAY("设置要写明 程序.名称，如 case_transfer.limit 30wd",
                            "name the setting as WORKFLOW.NAME, as in case_transfer.limit 30wd"));
    } else if (value && is_reset) {
        outcome = args_refuse(
            err, "%s", SAY("--reset 与设置值只能写一个", "give a value or --reset, not both"));
    } else if (value || is_reset) {
        outcome = args_outcome(house_write(house, args, err) && right_administers(house, err) &&
                               view_workflow(house, workflow, &own, err) &&
                               change_setting(house, own, dot + 1, value, err));
    } else {
        outcome = args_outcome(house_read(house, err) &&
                               (!workflow || view_workflow(house, workflow, &own, err)) &&
                               show_settings(house, own, dot ? dot + 1 : NULL, err));
    }
    mem_free(workflow);
    mem_free(own);
    return outcome;
}

static const struct option setting_options[] = {
    {"reset", NULL, "还原为上级或脚本的值", "back to the value of the office above or the script"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

static const struct option act_options[] = {
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

const struct command site_commands[] = {
    {"init", "DIR [--office CODE] [--name TEXT] [--example] [--clock virtual=TIME]", "新建站点",
     "make a new site", init_options, 1, 1, 0, init_site, REACH_HERE},
    {"setting", "[WORKFLOW[.NAME] [VALUE]] [--reset]", "查看或修改程序的设置",
     "show or change the settings of workflows", setting_options, 0, 2, 0, setting_run, REACH_SITE},
    {"quarantine", "[list | return WORKFLOW|CASE]", "停用的版本与搁置的事项，及其恢复",
     "versions and cases put aside, and their return", act_options, 0, 2, 0, quarantine_run,
     REACH_SITE},
    {"doctor", "", "检查缺什么、什么将要出问题", "what is missing or will break", NULL, 0, 0, 0,
     doctor_run, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
