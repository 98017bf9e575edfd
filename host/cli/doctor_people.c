/* People who left: what still bears their name, and what waits for a signature that nobody can give
   any more. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "casework/rows.h"
#include "cli/doctor_site.h"
#include "cli/passing.h"

#define LEAVERS_MOST 50 /* that are looked at, those who left last first */

/* ---- open cases of those who left ---- */

static bool look_at_leaver(struct examination *exam, const char *code, const char *name,
                           const char *left, struct err *err)
{
    const struct passing passing = {.house = exam->house, .kind = "person", .code = code};
    struct value *cases = NULL;
    char text[512];
    char remedy[512];

    if (!passing_find(&passing, &cases, err)) {
        return false;
    }
    if (value_count(cases)) {
        snprintf(text, sizeof text,
                 SAY("%s（%s 离任）名下还有 %zu 件在办案件",
                     "%s (left on %s) still has open cases: %zu"),
                 name, left, value_count(cases));
        snprintf(remedy, sizeof remedy,
                 SAY("请执行 duban handover %s --to 姓名", "run duban handover %s --to NAME"),
                 name);
        doctor_note(exam, DOCTOR_NOTE, text, remedy);
    }
    value_free(cases);
    return true;
}

static bool look_at_leavers(struct examination *exam, struct err *err)
{
    static const char sql[] =
        "SELECT p.code, p.name, MAX(COALESCE(r.ends_on, '9')) AS last FROM people AS p"
        " JOIN roles AS r ON r.person_id = p.person_id WHERE p.unit_id IS NULL"
        " GROUP BY p.person_id HAVING last < $1 ORDER BY last DESC LIMIT $2";
    struct stmt *stmt = NULL;
    bool has_row = false;
    char today[12];
    bool ok;

    clock_format_day(clock_day(site_now(exam->house->site)), today);
    ok = store_ask(exam->house->site->store, sql, &stmt, err, "ti", today, (int64_t)LEAVERS_MOST);
    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        ok = look_at_leaver(exam, stmt_text(stmt, 0, NULL), stmt_text(stmt, 1, NULL),
                            stmt_text(stmt, 2, NULL), err);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* ---- signatures nobody can give ---- */

struct signatures {
    struct examination *exam;
    struct value *roles; /* map: office and role to how many wait for it */
};

/* Does anybody hold one of them today? The first role among them is named otherwise. */
static bool has_holder(struct site *site, const struct value *who, int64_t office_id,
                       const char **role)
{
    bool is_held = value_count(who) == 0;
    struct err unsaid = {0};

    *role = NULL;
    for (size_t i = 0; i < value_count(who) && !is_held; i++) {
        int64_t *ids = NULL;
        size_t count = 0;
        const char *name = value_get_text(value_at(who, i), "role");

        *role = *role ? *role : name;
        is_held = !rights_find(site, office_id, value_at(who, i), clock_day(site_now(site)), &ids,
                               &count, &unsaid) ||
                  count > 0;
        mem_free(ids);
    }
    return is_held;
}

static bool take_proposal(void *context, const struct proposal_line *line)
{
    struct signatures *signatures = context;
    struct site *site = signatures->exam->house->site;
    struct value *list = NULL;
    struct err unsaid = {0};
    const struct value *who;
    const char *role;
    char key[96];

    if (json_parse(line->signs, strlen(line->signs), &list, &unsaid)) {
        who =
            value_get(value_at(list, line->next_sign > 0 ? (size_t)line->next_sign - 1 : 0), "who");
        if (!has_holder(site, who, line->office_id, &role) && role) {
            snprintf(key, sizeof key, "%lld %s", (long long)line->office_id, role);
            value_set_int(signatures->roles, key, value_get_int(signatures->roles, key, 0) + 1);
        }
    }
    value_free(list);
    return true;
}

/* Who held it last: "赵主任 2026-03-10 离任". */
static bool last_holder(struct site *site, int64_t office_id, const char *role,
                        char name[static 256], char left[static 12], struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    name[0] = left[0] = '\0';
    if (!store_ask(site->store,
                   "SELECT p.name, r.ends_on FROM roles AS r JOIN people AS p ON p.person_id ="
                   " r.person_id WHERE r.office_id = $1 AND r.role = $2 AND r.unit_id IS NULL"
                   " AND r.lent_by IS NULL ORDER BY r.ends_on DESC LIMIT 1",
                   &stmt, err, "it", office_id, role) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        row_text(stmt, 0, name, 256);
        row_text(stmt, 1, left, 12);
    }
    stmt_reset(stmt);
    return true;
}

static bool note_role(struct examination *exam, const char *key, int64_t count, struct err *err)
{
    struct site *site = exam->house->site;
    const char *role = strchr(key, ' ') + 1;
    int64_t office_id = strtoll(key, NULL, 10);
    char name[256];
    char left[12];
    char text[640];
    char remedy[512];

    if (!last_holder(site, office_id, role, name, left, err)) {
        return false;
    }
    snprintf(text, sizeof text,
             SAY("待批 %lld 项无人可签：%s（%s）%s%s%s%s",
                 "signatures nobody can give: %lld, for %s (%s)%s%s%s%s"),
             (long long)count, rights_title(site, role), role, *name ? SAY("，", ", ") : "", name,
             *name ? SAY(" 离任于 ", " left on ") : "", left);
    snprintf(remedy, sizeof remedy,
             SAY("请执行 duban handover %s --to 姓名 --roles，或补录任职",
                 "run duban handover %s --to NAME --roles, or give the role to somebody"),
             *name ? name : SAY("姓名", "NAME"));
    doctor_note(exam, DOCTOR_WRONG, text, remedy);
    return true;
}

bool doctor_people(struct examination *exam, struct err *err)
{
    struct signatures signatures = {.exam = exam, .roles = value_new_map()};
    bool ok = look_at_leavers(exam, err) &&
              proposals_list(exam->house->site->store, 0, true, take_proposal, &signatures, err);

    for (size_t i = 0; ok && i < value_count(signatures.roles); i++) {
        ok = note_role(exam, value_key_at(signatures.roles, i),
                       value_int(value_at(signatures.roles, i), 0), err);
    }
    value_free(signatures.roles);
    return ok;
}
