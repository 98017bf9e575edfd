/* The rows of a site, read for what will fail next: no calendar, nobody in a role, faults that
 * stand. */
#include "cli/doctor_site.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/case_list.h"
#include "casework/cases.h"
#include "casework/faults.h"
#include "casework/rights.h"
#include "casework/versions.h"
#include "casework/workdays.h"
#include "cli/gaps.h"
#include "cli/opened.h"
#include "cli/overdue.h"
#include "cli/sources.h"
#include "store/store.h"

void doctor_sqlite(struct examination *exam, struct buf *text)
{
    struct err err = {0};
    struct stmt *stmt;
    bool has_row = false;

    if (exam->house->site &&
        store_ask(exam->house->site->store, "SELECT sqlite_version()", &stmt, &err, "")) {
        if (stmt_step(stmt, &has_row, &err) && has_row) {
            buf_add_format(text, "SQLite %s", stmt_text(stmt, 0, NULL));
        }
        stmt_reset(stmt);
    }
}

static bool look_at_calendar(struct examination *exam, struct err *err)
{
    struct house *house = exam->house;
    struct calendar calendar = {0};
    struct civil today = workdays_civil(clock_day(site_now(house->site)));
    const char *remedy =
        SAY("请执行 duban calendar import 年份.json", "run duban calendar import YEAR.json");
    char text[256];
    int64_t last;

    if (!calendar_current(house->site, house->office_id, &calendar, err)) {
        return false;
    }
    last = calendar_last_year(calendar.years);
    calendar_clear(&calendar);
    if (last < today.year) {
        snprintf(text, sizeof text,
                 SAY("缺少 %lld 年放假安排，期限都是暂定",
                     "the calendar of %lld is missing; every date is provisional"),
                 (long long)today.year);
        doctor_note(exam, DOCTOR_WRONG, text, remedy);
    } else if (last == today.year && today.month >= 11) {
        snprintf(text, sizeof text,
                 SAY("缺少 %lld 年放假安排，跨年期限为暂定",
                     "the calendar of %lld is missing; dates beyond the year are provisional"),
                 (long long)today.year + 1);
        doctor_note(exam, DOCTOR_NOTE, text, remedy);
    } else {
        snprintf(text, sizeof text, SAY("历表已知到 %lld 年", "the calendar is known up to %lld"),
                 (long long)last);
        doctor_note(exam, DOCTOR_FINE, text, NULL);
    }
    return true;
}

/* Collects the names of roles in a principal list into a set. */
static void collect_roles(const struct value *principals, struct value *roles)
{
    for (size_t i = 0; i < value_count(principals); i++) {
        const char *kind = value_get_text(value_at(principals, i), "kind");
        const char *role = value_get_text(value_at(principals, i), "role");

        if (kind && role && strcmp(kind, "role") == 0) {
            value_set_bool(roles, role, true);
        }
    }
}

static void collect(const struct value *about, struct value *roles, struct value *templates)
{
    const struct value *facts = value_get(about, "facts");
    const struct value *names = value_get(about, "templates");

    for (size_t i = 0; i < value_count(facts); i++) {
        collect_roles(value_get(value_at(facts, i), "by"), roles);
    }
    for (size_t i = 0; i < value_count(names); i++) {
        if (value_text(value_at(names, i))) {
            value_set_bool(templates, value_text(value_at(names, i)), true);
        }
    }
}

static bool collect_all(struct house *house, struct value *roles, struct value *templates,
                        struct err *err)
{
    struct value *ids = NULL;
    bool ok = activation_in_force(house->site, house->office_id, "workflow", &ids, err);

    for (size_t i = 0; ok && i < value_count(ids); i++) {
        struct activation activation;
        struct value *about = NULL;

        ok = activation_active(house->site, house->office_id, value_text(value_at(ids, i)),
                               &activation, err);
        if (ok) {
            ok = json_parse(activation.about, strlen(activation.about), &about, err);
            collect(about, roles, templates);
            value_free(about);
            activation_clear(&activation);
        }
    }
    value_free(ids);
    return ok;
}

static bool look_at_role(struct examination *exam, const char *role, struct err *err)
{
    struct house *house = exam->house;
    struct value *principal = value_new_map();
    int64_t *ids = NULL;
    size_t count = 0;
    char text[256];
    bool ok;

    value_set_text(principal, "kind", "role");
    value_set_text(principal, "role", role);
    ok = rights_find(house->site, house->office_id, principal, clock_day(site_now(house->site)),
                     &ids, &count, err);
    if (ok && count == 0) {
        snprintf(text, sizeof text, SAY("无人担任 %s（%s）", "nobody is %s (%s)"),
                 rights_title(house->site, role), role);
        doctor_note(exam, DOCTOR_NOTE, text,
                    SAY("请用 duban import people 补录任职",
                        "give the role to somebody with duban import people"));
    }
    mem_free(ids);
    value_free(principal);
    return ok;
}

static void look_at_templates(struct examination *exam, const struct value *wanted,
                              const struct value *there)
{
    char text[256];

    for (size_t i = 0; i < value_count(wanted); i++) {
        if (!value_get(there, value_key_at(wanted, i))) {
            snprintf(text, sizeof text, SAY("缺少模板 %s", "the template %s is missing"),
                     value_key_at(wanted, i));
            doctor_note(exam, DOCTOR_NOTE, text,
                        SAY("请放入站点的 templates 目录", "put it into the site's templates"));
        }
    }
}

static bool look_at_workflows(struct examination *exam, struct err *err)
{
    struct house *house = exam->house;
    struct value *roles = value_new_map();
    struct value *wanted = value_new_map();
    struct value *there = NULL;
    bool ok;

    value_set_bool(roles, "director", true);
    value_set_bool(roles, "admin", true);
    ok = collect_all(house, roles, wanted, err) && sources_templates(house, &there, err);
    for (size_t i = 0; ok && i < value_count(roles); i++) {
        ok = look_at_role(exam, value_key_at(roles, i), err);
    }
    if (ok) {
        look_at_templates(exam, wanted, there);
    }
    value_free(roles);
    value_free(wanted);
    value_free(there);
    return ok;
}

static bool note_aside(void *context, const struct case_line *line)
{
    char text[512];

    snprintf(text, sizeof text, SAY("事项 %s 被搁置：%.300s", "case %s is put aside: %.300s"),
             line->number, line->set_aside);
    doctor_note(context, DOCTOR_WRONG, text,
                SAY("改正脚本后执行 duban quarantine return 事项编号",
                    "correct the script, then duban quarantine return CASE"));
    return true;
}

static bool look_at_faults(struct examination *exam, struct err *err)
{
    struct case_filter filter = {.is_set_aside = true, .limit = 20};
    struct fault *faults = NULL;
    size_t count = 0;
    bool ok = cases_list(exam->house->site->store, &filter, note_aside, exam, err) &&
              fault_list(exam->house->site, NULL, 0, &faults, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        char text[512];

        if (faults[i].case_id == 0) {
            snprintf(text, sizeof text,
                     SAY("版本 %.12s 已停用：%.300s", "version %.12s is put aside: %.300s"),
                     faults[i].hash, faults[i].sentence);
            doctor_note(exam, DOCTOR_WRONG, text,
                        SAY("改正后发布新版本，或执行 duban quarantine return 程序",
                            "publish a corrected version, or duban quarantine return WORKFLOW"));
        }
    }
    fault_list_free(faults, count);
    return ok;
}

static bool look_at_drafts(struct examination *exam, struct err *err)
{
    int64_t *ids = NULL;
    size_t count = 0;
    char text[128];

    if (!activation_list(exam->house->site, exam->house->office_id, NULL, "draft", &ids, &count,
                         err)) {
        return false;
    }
    mem_free(ids);
    if (count > 0) {
        snprintf(text, sizeof text, SAY("%zu 个版本待审批", "versions that wait for approval: %zu"),
                 count);
        doctor_note(exam, DOCTOR_NOTE, text,
                    SAY("请用 duban proposals 查看", "see duban proposals"));
    }
    return true;
}

static void look_at_clock(struct examination *exam)
{
    if (site_is_clock_behind(exam->house->site)) {
        doctor_note(exam, DOCTOR_WRONG,
                    SAY("系统时钟早于已记录的时刻", "the clock is behind what is recorded"),
                    SAY("请校准系统时钟", "set the clock of this machine right"));
    }
}

/* How many there are and the instant of the oldest: sql gives both. */
static bool count_oldest(struct examination *exam, const char *sql, int64_t before, int64_t *count,
                         char day[static 12], struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(exam->house->site->store, sql, &stmt, err, "i", before) &&
              stmt_step(stmt, &has_row, err);

    *count = ok && has_row ? stmt_int(stmt, 0) : 0;
    if (*count) {
        clock_format_day(clock_day(stmt_int(stmt, 1)), day);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* What lies and nobody looks at: messages, signatures, cases past their day. */
static bool look_at_waiting(struct examination *exam, struct err *err)
{
    static const struct {
        const char *sql, *none_zh, *none_en, *zh, *en, *remedy_zh, *remedy_en;
        int64_t days;
    } QUEUES[] = {
        {"SELECT COUNT(*), MIN(created_at) FROM outbox WHERE status = 'waiting' AND created_at < "
         "$1",
         "没有待发超过7日的消息", "no message waits longer than 7 days",
         "待发超过7日的消息 %lld 条，最早 %s", "%lld messages wait longer than 7 days, since %s",
         "见 duban outbox", "see duban outbox", 7},
        {"SELECT COUNT(*), MIN(raised_at) FROM proposals WHERE status = 'waiting' AND raised_at <= "
         "$1",
         "没有待批事项", "no signature is waited for", "待批 %lld 项，最早提出于 %s",
         "%lld signatures are waited for, since %s", "见 duban proposals", "see duban proposals",
         0},
        {"SELECT COUNT(*), MIN(c.opened_at) FROM cases AS c WHERE c.closed_at IS NULL"
         " AND c.opened_at <= $1 AND " OVERDUE_LATE,
         "没有超期案件", "no case is overdue", "超期未结 %lld 件，最早立案于 %s",
         "%lld cases are overdue, opened since %s", "见 duban cases --overdue",
         "see duban cases --overdue", 0},
    };
    int64_t now = site_now(exam->house->site);

    for (size_t i = 0; i < COUNT_OF(QUEUES); i++) {
        int64_t count = 0;
        char day[12];
        char text[256];

        if (!count_oldest(exam, QUEUES[i].sql, now - QUEUES[i].days * CLOCK_DAY_MS, &count, day,
                          err)) {
            return false;
        }
        if (!count) {
            doctor_note(exam, DOCTOR_FINE, SAY(QUEUES[i].none_zh, QUEUES[i].none_en), NULL);
            continue;
        }
        snprintf(text, sizeof text, SAY(QUEUES[i].zh, QUEUES[i].en), (long long)count, day);
        doctor_note(exam, DOCTOR_NOTE, text, SAY(QUEUES[i].remedy_zh, QUEUES[i].remedy_en));
    }
    return true;
}

/* Procedures that the active ones open must be active themselves. */
static bool look_at_opened(struct examination *exam, struct err *err)
{
    struct house *house = exam->house;
    struct value *ids = NULL;
    bool ok = activation_in_force(house->site, house->office_id, "workflow", &ids, err);

    for (size_t i = 0; ok && i < value_count(ids); i++) {
        struct activation activation;
        struct value *about = NULL;
        struct buf text;

        ok = activation_active(house->site, house->office_id, value_text(value_at(ids, i)),
                               &activation, err);
        if (!ok) {
            break;
        }
        buf_init(&text, 2048);
        if (json_parse(activation.about, strlen(activation.about), &about, NULL) &&
            opened_missing(house, about, NULL, &text)) {
            doctor_note(exam, DOCTOR_NOTE, buf_text(&text),
                        SAY("请先用 duban publish 发布", "publish it with duban publish"));
        }
        buf_clear(&text);
        value_free(about);
        activation_clear(&activation);
    }
    value_free(ids);
    return ok;
}

bool doctor_site(struct examination *exam, struct err *err)
{
    look_at_clock(exam);
    return look_at_calendar(exam, err) && look_at_workflows(exam, err) &&
           look_at_faults(exam, err) && look_at_drafts(exam, err) && look_at_opened(exam, err) &&
           look_at_waiting(exam, err) && doctor_people(exam, err) && doctor_messages(exam, err) &&
           gaps_examine(exam, err);
}
