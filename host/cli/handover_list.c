/* The list of what passes from one person to another: cases, roles, signatures, messages. */
#include "cli/handover.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/handing.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "cli/passing.h"

static void add_row(struct handover *work, const char *kind, const char *number, const char *what,
                    const char *note)
{
    struct value *row = value_new_map();

    value_set_text(row, "kind", kind);
    value_set_text(row, "number", number);
    value_set_text(row, "what", what);
    value_set_text(row, "note", note);
    value_push(work->rows, row);
}

/* ---- cases ---- */

/* --except names it, in whole or by its end as people write numbers. */
static bool is_left_out(const struct handover *work, const char *number)
{
    const char *named;

    for (size_t i = 0; (named = args_value(work->args, "except", i)) != NULL; i++) {
        size_t length = strlen(named);
        size_t whole = strlen(number);

        if (length <= whole && strcmp(number + whole - length, named) == 0) {
            return true;
        }
    }
    return false;
}

static bool list_cases(struct handover *work, struct err *err)
{
    const struct passing passing = {
        .house = work->house, .kind = "person", .code = work->from.code};
    struct value *all = NULL;

    work->cases = value_new_list();
    if (work->from.unit_id) {
        return true;
    }
    if (!passing_find(&passing, &all, err)) {
        return false;
    }
    for (size_t i = 0; i < value_count(all); i++) {
        const struct value *one = value_at(all, i);
        const char *number = value_get_text(one, "number");
        const char *unit = value_get_text(one, "unit");
        const struct value *fields = value_get(one, "fields");
        struct buf note;

        if (is_left_out(work, number)) {
            continue;
        }
        buf_init(&note, 1024);
        buf_add_format(&note, "%s%s", unit ? unit : "", unit ? SAY("；", "; ") : "");
        for (size_t k = 0; k < value_count(fields); k++) {
            buf_add_format(&note, "%s%s", k ? SAY("、", ", ") : "",
                           value_text(value_at(fields, k)));
        }
        add_row(work, SAY("在办案件", "case"), number, value_get_text(one, "title"),
                buf_text(&note));
        buf_clear(&note);
        value_push(work->cases, value_copy(one));
    }
    value_free(all);
    return true;
}

/* ---- roles ---- */

static struct handing handing_of(const struct handover *work)
{
    return (struct handing){.office_id = work->house->office_id,
                            .from = &work->from,
                            .to = &work->to,
                            .since = work->since,
                            .has_roles = args_has(work->args, "roles")};
}

static bool list_roles(struct handover *work, struct err *err)
{
    const struct handing handing = handing_of(work);
    struct role *roles = NULL;
    size_t count = 0;
    bool ok;

    if (!args_has(work->args, "roles")) {
        return true;
    }
    ok = handing_roles(work->house->site, &handing, &roles, &count, err);
    for (size_t i = 0; ok && i < count; i++) {
        struct unit unit = {0};
        char note[96];

        ok = !roles[i].unit_id || registry_unit(work->house->site, roles[i].unit_id, &unit, err);
        snprintf(note, sizeof note, SAY("移交人任职自 %s", "held since %s"), roles[i].starts_on);
        add_row(work, SAY("角色", "role"), unit.name,
                rights_title(work->house->site, roles[i].role), note);
    }
    mem_free(roles);
    return ok;
}

/* ---- signatures ---- */

static bool may_sign(const struct handover *work, const struct proposal_line *line,
                     const struct person *person, int64_t day)
{
    struct house *house = work->house;
    struct rights_question question = {
        .office_id = line->office_id, .person_id = person->person_id, .day = day};
    struct value *list = NULL;
    struct err unsaid = {0};
    bool ok = false;

    if (json_parse(line->signs, strlen(line->signs), &list, &unsaid)) {
        question.principals =
            value_get(value_at(list, line->next_sign > 0 ? (size_t)line->next_sign - 1 : 0), "who");
        ok = value_count(question.principals) > 0 &&
             rights_may(house->site, &question, NULL, &unsaid);
    }
    value_free(list);
    return ok;
}

static bool take_proposal(void *context, const struct proposal_line *line)
{
    struct handover *work = context;
    int64_t today = clock_day(site_now(work->house->site));
    int64_t day = today;
    struct err unsaid = {0};
    bool takes;
    char id[32];

    if (!clock_parse_day(work->since, &day, &unsaid) ||
        !(may_sign(work, line, &work->from, day - 1) || may_sign(work, line, &work->from, today))) {
        return true;
    }
    takes = args_has(work->args, "roles") || may_sign(work, line, &work->to, today);
    snprintf(id, sizeof id, "P%" PRId64, line->proposal_id);
    add_row(work, SAY("待批", "signature"), id, line->title,
            takes ? SAY("由接交人签", "the one who takes it signs")
                  : SAY("接交人无此角色：加 --roles 或用 delegate",
                        "the other one lacks the role: add --roles, or delegate"));
    return true;
}

/* ---- messages ---- */

static void take_message(void *context, const struct handing_message *message)
{
    char id[32];

    snprintf(id, sizeof id, "%" PRId64, message->outbox_id);
    add_row(context, SAY("待发消息", "message"), id, message->template,
            message->number ? message->number : "");
}

bool handover_list(struct handover *work, struct err *err)
{
    struct handing handing = handing_of(work);

    work->rows = value_new_list();
    if (!list_cases(work, err)) {
        return false;
    }
    handing.cases = work->cases;
    return list_roles(work, err) &&
           proposals_list(work->house->site->store, 0, true, take_proposal, work, err) &&
           handing_messages(work->house->site, &handing, take_message, work, err);
}
