/* What waits for a signature, and what got stuck: proposals, drafts of versions, the catch-up list;
   for an administrator dead messages and cases put aside. */
#include "cli/todo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/proposals.h"
#include "cli/version_cmds.h"

/* The principals of the line whose turn it is, out of the JSON list; the caller frees *signs. */
static const struct value *signers(const char *text, int64_t next, struct value **signs)
{
    if (!json_parse(text, strlen(text), signs, NULL)) {
        *signs = NULL;
    }
    return value_get(value_at(*signs, next > 0 ? (size_t)next - 1 : 0), "who");
}

static struct value *record_of(const struct todo *todo, int64_t case_id)
{
    struct stmt *stmt = NULL;
    struct value *record = NULL;
    bool has_row = false;

    if (store_ask(todo->view->house->site->store, "SELECT record FROM cases WHERE case_id = $1",
                  &stmt, NULL, "i", case_id) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 0, &length);

        if (!json_parse(text, length, &record, NULL)) {
            record = NULL;
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return record ? record : value_new_map();
}

/* The same few lists of signers stand in thousands of proposals: each text is settled once. */
static bool may_sign(struct todo *todo, const char *signs, int64_t next, int64_t office_id,
                     int64_t case_id)
{
    const struct value *known;
    struct value *list = NULL;
    char *key = mem_new(strlen(signs) + 64);
    enum duty duty;

    (void)snprintf(key, strlen(signs) + 64, "s%" PRId64 " %" PRId64 " %s", office_id, next, signs);
    known = value_get(todo->stances, key);
    if (!known) {
        duty = duties_may(todo->duties, signers(signs, next, &list), office_id, NULL);
        value_set_int(todo->stances, key, duty);
        known = value_get(todo->stances, key);
    }
    duty = (enum duty)value_int(known, DUTY_NO);
    if (duty == DUTY_ASKS) {
        struct value *record = record_of(todo, case_id);

        value_free(list);
        duty = duties_may(todo->duties, signers(signs, next, &list), office_id, record);
        value_free(record);
    }
    value_free(list);
    mem_free(key);
    return duty == DUTY_YES;
}

static bool gather_proposals(struct todo *todo, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_ask(
        todo->view->house->site->store,
        "SELECT p.proposal_id, p.signs, p.next_sign, p.raised_at, c.office_id,"
        " c.case_id FROM proposals AS p CROSS JOIN cases AS c WHERE"
        " c.case_id = p.case_id AND p.status = 'waiting' AND (c.office_id = $1 OR $2 <> 0)"
        " AND ($2 = 0 OR c.unit_id = $2)",
        &stmt, err, "ii", todo->view->scope.office_id, todo->view->scope.unit_id);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        struct todo_item item = {
            .kind = TODO_PROPOSAL, .id = stmt_int(stmt, 0), .day = clock_day(stmt_int(stmt, 3))};
        bool is_theirs = may_sign(todo, stmt_text(stmt, 1, NULL), stmt_int(stmt, 2),
                                  stmt_int(stmt, 4), stmt_int(stmt, 5));

        if (is_theirs || !todo->is_head) {
            todo_add(todo, is_theirs ? TODO_SIGN : TODO_OTHERS, &item);
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

/* One line about many things of a kind, with the command that lists them. */
static void add_line(struct todo *todo, enum todo_section section, const char *reason,
                     const char *command)
{
    struct todo_item item = {.kind = TODO_LINE, .day = INT64_MAX, .reason = mem_text(reason)};
    struct buf text;

    buf_init(&text, 8192);
    todo_begin_command(todo, &text);
    buf_add_text(&text, command);
    item.command = mem_text(buf_text(&text));
    buf_clear(&text);
    todo_add(todo, section, &item);
}

static bool gather_plans(struct todo *todo, struct err *err)
{
    struct store *store = todo->view->house->site->store;
    char reason[200];
    int64_t count = 0;

    if (!store_one_int(store,
                       "SELECT COUNT(*) FROM plans AS p JOIN cases AS c ON c.case_id = p.case_id"
                       " WHERE p.status = 'waiting' AND c.office_id = $1",
                       &count, err, "i", todo->view->scope.office_id)) {
        return false;
    }
    if (count > 0 && duties_is_head(todo->duties, todo->view->scope.office_id)) {
        (void)snprintf(reason, sizeof reason,
                       SAY("停机期间错过 %" PRId64 " 步，待签哪些仍要执行",
                           "%" PRId64 " steps missed in an outage: say which still fire"),
                       count);
        add_line(todo, TODO_SIGN, reason, "plan show");
    }
    return true;
}

/* Drafts are approved by an account, so nobody looks at them for somebody else. */
static bool gather_drafts(struct todo *todo, struct err *err)
{
    struct value *drafts = NULL;
    int64_t office = todo->view->scope.office_id;
    bool ok = true;

    if (todo->by ||
        !(duties_is_head(todo->duties, office) || duties_has_role(todo->duties, office, "admin"))) {
        return true;
    }
    ok = version_list_drafts(todo->view->house, &drafts, err);
    for (size_t i = 0; ok && i < value_count(drafts); i++) {
        const struct value *draft = value_at(drafts, i);
        char reason[300], command[200];

        (void)snprintf(reason, sizeof reason,
                       SAY("“%s”第 %" PRId64 " 版待另一账户批准",
                           "\"%s\", version %" PRId64 ", waits for another account"),
                       value_get_text(draft, "title") ? value_get_text(draft, "title") : "",
                       value_get_int(draft, "number", 0));
        (void)snprintf(command, sizeof command, "approve %s --opinion %s",
                       value_get_text(draft, "id"), SAY("同意", "agreed"));
        add_line(todo, TODO_SIGN, reason, command);
    }
    value_free(drafts);
    return ok;
}

static bool gather_upkeep(struct todo *todo, struct err *err)
{
    static const struct {
        const char *sql, *zh, *zh_unit, *en, *command;
    } KINDS[] = {
        {"SELECT COUNT(*) FROM outbox AS m JOIN people AS p ON p.person_id = m.person_id"
         " WHERE m.status = 'dead' AND p.office_id = $1",
         "不达的消息", "条", "messages that reached nobody", "outbox --status dead"},
        {"SELECT COUNT(DISTINCT f.case_id) FROM faults AS f JOIN cases AS c ON c.case_id = "
         "f.case_id"
         " WHERE f.cleared_at IS NULL AND c.set_aside IS NOT NULL AND c.office_id = $1",
         "因故障搁置的案件", "件", "cases put aside by faults", "quarantine"},
        {"SELECT COUNT(*) FROM faults WHERE cleared_at IS NULL AND case_id IS NULL AND $1 = $1",
         "停用的版本", "个", "versions put aside", "quarantine"},
    };
    int64_t office = todo->view->scope.office_id;

    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        int64_t count = 0;
        char reason[200];

        if (!store_one_int(todo->view->house->site->store, KINDS[i].sql, &count, err, "i",
                           office)) {
            return false;
        }
        if (count > 0) {
            if (text_is_zh()) {
                (void)snprintf(reason, sizeof reason, "%s %" PRId64 " %s", KINDS[i].zh, count,
                               KINDS[i].zh_unit);
            } else {
                (void)snprintf(reason, sizeof reason, "%" PRId64 " %s", count, KINDS[i].en);
            }
            add_line(todo, TODO_UPKEEP, reason, KINDS[i].command);
        }
    }
    return true;
}

bool todo_gather_waiting(struct todo *todo, struct err *err)
{
    bool is_admin = duties_has_role(todo->duties, todo->view->scope.office_id, "admin");

    return gather_proposals(todo, err) && gather_plans(todo, err) && gather_drafts(todo, err) &&
           (!is_admin || gather_upkeep(todo, err));
}
