/* Scripts that are run rather than folded: one file in the sandbox, a job by hand, the trusted
 * interpreter. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/occurrences.h"
#include "casework/versions.h"
#include "cli/command.h"
#include "cli/house.h"
#include "cli/table.h"
#include "script/run_lua.h"
#include "serve/keeper.h"
#include "serve/keeper_jobs.h"
#include "serve/trial.h"
#include "serve/worker.h"

#define PRINTED_MAX ((size_t)4 * 1024 * 1024)

/* ---- run and job run ---- */

struct listening {
    struct out *out;
    struct buf printed; /* for the JSON document */
};

/* One print of the script is one line here. */
static void hear(void *context, const char *text, size_t length)
{
    struct listening *listening = context;
    const char *end = length > 0 && text[length - 1] == '\n' ? "" : "\n";

    if (listening->out->is_json) {
        buf_add(&listening->printed, text, length);
        buf_add_text(&listening->printed, end);
    } else {
        out_print(listening->out, "%.*s%s", (int)length, text, end);
    }
}

static void tell_ran(struct house *house, const struct keeper_ran *ran, const struct buf *printed)
{
    struct value *map = out_map(&house->out);

    if (map) {
        value_set_text(map, "printed", buf_text(printed));
        value_set_text(map, "returned", ran->returned);
        value_set_int(map, "opened", ran->opened);
        value_set_int(map, "facts", ran->facts);
        value_set_int(map, "messages", ran->messages);
        value_set_int(map, "documents", ran->documents);
    }
    if (ran->returned) {
        out_print(&house->out, "%s\n", ran->returned);
    }
    if (ran->opened + ran->facts + ran->messages + ran->documents > 0) {
        out_print(&house->out,
                  SAY("新立事项 %lld，记录 %lld，消息 %lld，文稿 %lld\n",
                      "%lld cases opened, %lld facts, %lld messages, %lld documents\n"),
                  (long long)ran->opened, (long long)ran->facts, (long long)ran->messages,
                  (long long)ran->documents);
    }
}

static bool run_script(struct house *house, struct keeper_run *run, struct err *err)
{
    struct listening listening = {.out = &house->out};
    struct keeper_ran ran = {0};
    bool ok;

    buf_init(&listening.printed, PRINTED_MAX);
    run->office_id = house->office_id;
    run->out = hear;
    run->context = &listening;
    ok = keeper_run(house->keeper, &house->actor, run, &ran, err);
    if (ok) {
        tell_ran(house, &ran, &listening.printed);
    }
    buf_clear(&listening.printed);
    mem_free(ran.returned);
    return ok;
}

/* --time and --memory only lower what a job may use; more than that is refused, not cut silently.
 */
static bool read_limits(const struct args *args, struct keeper_run *run, struct err *err)
{
    const char *time = args_get(args, "time");
    const char *memory = args_get(args, "memory");
    int64_t bytes = 0;

    if ((time && !args_duration(time, &run->cpu_ms, err)) ||
        (memory && !args_size(memory, &bytes, err))) {
        return false;
    }
    if (run->cpu_ms > WORKER_JOB.cpu_ms || bytes > (int64_t)WORKER_JOB.memory) {
        err_set(err, ERR_INVALID,
                SAY("--time 最多 %lld 秒，--memory 最多 %zuM",
                    "--time is at most %lld s, --memory at most %zuM"),
                (long long)WORKER_JOB.cpu_ms / 1000, WORKER_JOB.memory / 1048576);
        return false;
    }
    run->memory = (size_t)bytes;
    return true;
}

static enum outcome run_run(struct house *house, const struct args *args, struct err *err)
{
    const char *path = args_operand(args, 0);
    const char *slash = strrchr(path, '/');
    struct keeper_run run = {.kind = "chunk", .name = slash ? slash + 1 : path};
    struct value *list = value_new_list();
    char *source = NULL;
    bool ok;

    for (size_t i = 1; i < args->operand_count; i++) {
        value_push(list, value_new_text(args_operand(args, i)));
    }
    run.args = list;
    ok = read_limits(args, &run, err) && house_write(house, args, err) &&
         house_script(house, path, &source, err);
    run.source = source;
    ok = ok && run_script(house, &run, err);
    mem_free(source);
    value_free(list);
    return args_outcome(ok);
}

static enum outcome job_run(struct house *house, const struct args *args, struct err *err)
{
    struct keeper_run run = {
        .kind = "job", .id = args_operand(args, 0), .name = args_operand(args, 0)};

    return args_outcome(house_write(house, args, err) && run_script(house, &run, err));
}

/* ---- jobs ---- */

static const struct column job_columns[] = {
    {"job", "作业", "job", 0, false},        {"title", "名称", "title", 30, false},
    {"every", "周期", "every", 0, false},    {"next", "下次", "next", 0, false},
    {"last", "上次", "last", 0, false},      {"status", "结果", "status", 0, false},
    {"result", "说明", "result", 48, false}, {NULL, NULL, NULL, 0, false},
};

static const char *every_title(const char *kind)
{
    static const char *const titles[][3] = {
        {"daily", "每日", "every day"},     {"weekly", "每周", "every week"},
        {"monthly", "每月", "every month"}, {"quarterly", "每季度", "every quarter"},
        {"yearly", "每年", "every year"},
    };

    for (size_t i = 0; kind && i < COUNT_OF(titles); i++) {
        if (strcmp(titles[i][0], kind) == 0) {
            return SAY(titles[i][1], titles[i][2]);
        }
    }
    return kind ? kind : "";
}

/* "每季度 第-3个工作日 09:00" */
static void say_every(const struct value *every, struct buf *out)
{
    int64_t workday = value_get_int(every, "workday", 0);
    int64_t day = value_get_int(every, "day", 0);
    int64_t month = value_get_int(every, "month", 0);
    const char *at = value_get_text(every, "at");

    buf_add_text(out, every_title(value_get_text(every, "kind")));
    if (month) {
        buf_add_format(out, SAY(" %lld月", " month %lld"), (long long)month);
    }
    if (workday > 0) {
        buf_add_format(out, SAY(" 第%lld个工作日", " working day %lld"), (long long)workday);
    } else if (workday < 0) {
        buf_add_format(out, SAY(" 倒数第%lld个工作日", " working day %lld from the end"),
                       (long long)-workday);
    } else if (day > 0) {
        buf_add_format(out, SAY(" 第%lld天", " day %lld"), (long long)day);
    } else if (day < 0) {
        buf_add_format(out, SAY(" 倒数第%lld天", " day %lld from the end"), (long long)-day);
    }
    buf_add_format(out, " %s", at ? at : "");
}

static void optional_instant(struct table *table, const struct occurrence *row, bool is_planned)
{
    if (row) {
        table_instant(table, is_planned ? row->planned_at : row->ran_at);
    } else {
        table_text(table, NULL);
    }
}

static const char *status_word(const char *status)
{
    if (strcmp(status, "done") == 0) {
        return SAY("完成", "done");
    }
    if (strcmp(status, "failed") == 0) {
        return SAY("失败", "failed");
    }
    return strcmp(status, "skipped") == 0 ? SAY("跳过", "skipped") : status;
}

static bool job_row(struct house *house, const char *job, struct table *table, struct err *err)
{
    struct activation activation;
    struct occurrence *rows = NULL;
    const struct occurrence *next = NULL;
    const struct occurrence *last = NULL;
    struct value *about = NULL;
    struct buf every;
    size_t count = 0;
    bool ok;

    if (!activation_active(house->site, house->office_id, job, &activation, err)) {
        return false;
    }
    buf_init(&every, 256);
    ok = json_parse(activation.about, strlen(activation.about), &about, err) &&
         occurrence_list(house->site, house->office_id, job, 50, &rows, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        bool is_planned = strcmp(rows[i].status, "planned") == 0;

        if (is_planned) {
            next = &rows[i]; /* newest first: the last one seen is the nearest */
        } else if (!last && rows[i].ran_at) {
            last = &rows[i];
        }
    }
    if (ok) {
        say_every(value_get(about, "every"), &every);
        table_text(table, job);
        table_text(table, activation.title);
        table_text(table, buf_text(&every));
        optional_instant(table, next, true);
        optional_instant(table, last, false);
        table_word(table, last && strcmp(last->status, "failed") == 0 ? PAINT_RED : PAINT_NONE,
                   last ? status_word(last->status) : NULL, last ? last->status : NULL);
        table_text(table, last ? last->result : NULL);
    }
    buf_clear(&every);
    value_free(about);
    occurrence_list_free(rows, count);
    activation_clear(&activation);
    return ok;
}

static enum outcome jobs_run(struct house *house, const struct args *args, struct err *err)
{
    struct table *table = table_new(job_columns);
    struct value *ids = NULL;
    bool ok = house_read(house, err) &&
              activation_in_force(house->site, house->office_id, "job", &ids, err);

    (void)args;
    for (size_t i = 0; ok && i < value_count(ids); i++) {
        ok = job_row(house, value_text(value_at(ids, i)), table, err);
    }
    if (ok) {
        table_show(table, &house->out, SAY("没有启用的作业", "no job is in use"));
    }
    value_free(ids);
    table_free(table);
    return args_outcome(ok);
}

/* ---- lua ---- */

static enum outcome lua_run(struct house *house, const struct args *args, struct err *err)
{
    struct run_lua_options options = {.desk = &TRIAL_DESK};
    char **words;
    int code;

    if (!house_library(house, err)) {
        return OUTCOME_REFUSED;
    }
    options.library = house->library;
    words = mem_array(args->operand_count + 1, sizeof *words);
    for (size_t i = 0; i < args->operand_count; i++) {
        words[i] = mem_text(args->operands[i]);
    }
    house->out.is_json = false; /* what the script prints is its own affair */
    code = run_lua(&options, (int)args->operand_count, words);
    for (size_t i = 0; i < args->operand_count; i++) {
        mem_free(words[i]);
    }
    mem_free(words);
    return args_outcome(code == 0);
}

static const struct option run_options[] = {
    {"time", "TIME", "CPU 时间上限，如 3s、250ms（最多 30s）",
     "a lower limit of CPU time, as 3s or 250ms (at most 30s)"},
    {"memory", "SIZE", "内存上限，如 64M（最多 128M）",
     "a lower limit of memory, as 64M (at most 128M)"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

static const struct option job_options[] = {
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command run_commands[] = {
    {"run", "[--time TIME] [--memory SIZE] FILE.lua [ARG…]", "在沙箱中运行一个脚本文件",
     "run one script file in the sandbox", run_options, 1, OPERANDS_ANY, 2, run_run, REACH_FIRST},
    {"job run", "ID", "立即运行一个作业", "run a job now", job_options, 1, 1, 0, job_run,
     REACH_SITE},
    {"jobs", "", "作业、下次与上次运行", "jobs, their next and last runs", NULL, 0, 0, 0, jobs_run,
     REACH_SITE},
    {"lua", "FILE [ARG…]", "受信任的解释器（供本项目测试）",
     "the trusted interpreter, for the project's own specs", NULL, 1, OPERANDS_ANY, 1, lua_run,
     REACH_HERE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
