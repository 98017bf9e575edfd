/* The relatives and belongings of a case, a line each, under a heading. */
#include "cli/case_parts.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/documents.h"
#include "casework/outbox.h"
#include "casework/plans.h"
#include "casework/proposals.h"
#include "casework/rights.h"
#include "cli/messages.h"

#define LINES_MOST 5 /* of a section that is not told in full */

/* A section being told: its heading stands before its first line. */
struct section {
    struct screen *screen;
    const char *heading;
    struct value *list;
    size_t told;
    char *held; /* the first line beyond those; told after all when it is the only one */
};

static void tell(struct section *section, const char *text)
{
    screen_line(section->screen, section->told++ ? "" : section->heading, text);
}

static void say(struct section *section, struct value *row, const char *text)
{
    value_push(section->list, row);
    if (section->screen->is_full || section->told < LINES_MOST) {
        tell(section, text);
    } else if (!section->held) {
        section->held = mem_text(text);
    }
}

static void add_day(struct buf *text, int64_t instant)
{
    char day[12];

    clock_format_day(clock_day(instant), day);
    buf_add_text(text, day);
}

static bool add_proposal(void *context, const struct proposal_line *line)
{
    struct section *section = context;
    struct value *row = value_new_map();
    struct buf text;

    buf_init(&text, 4096);
    buf_add_format(&text, SAY("P%" PRId64 "  %s  提出于 ", "P%" PRId64 "  %s  raised on "),
                   line->proposal_id, line->title);
    add_day(&text, line->raised_at);
    value_set_int(row, "id", line->proposal_id);
    value_set_text(row, "title", line->title);
    value_set_text(row, "step", line->step);
    value_set_int(row, "raised_at", line->raised_at);
    say(section, row, buf_text(&text));
    buf_clear(&text);
    return true;
}

static bool add_plan(void *context, const struct plan_line *line)
{
    struct section *section = context;
    const char *title = label_title(section->screen->labels.about, "steps", line->step);
    struct value *row = value_new_map();
    struct buf text;

    buf_init(&text, 4096);
    buf_add_format(&text, SAY("%" PRId64 "  %s  原定 ", "%" PRId64 "  %s  planned for "),
                   line->plan_id, title);
    add_day(&text, line->planned_at);
    value_set_int(row, "id", line->plan_id);
    value_set_text(row, "step", line->step);
    value_set_int(row, "planned_at", line->planned_at);
    say(section, row, buf_text(&text));
    buf_clear(&text);
    return true;
}

static bool add_document(void *context, const struct document_line *line)
{
    struct section *section = context;
    struct value *row = value_new_map();
    struct buf text;
    bool is_cancelled = line->status[0] == 'c';

    buf_init(&text, 4096);
    add_day(&text, line->created_at);
    buf_add_text(&text, "  ");
    label_template(section->screen->view->house->site, line->name, &text);
    buf_add_format(&text, "  %s",
                   is_cancelled   ? SAY("作废", "cancelled")
                   : line->number ? line->number
                                  : SAY("草稿", "draft"));
    value_set_int(row, "id", line->document_id);
    value_set_text(row, "name", line->name);
    value_set_text(row, "number", line->number);
    value_set_text(row, "status", line->status);
    say(section, row, buf_text(&text));
    buf_clear(&text);
    return true;
}

/* The messages are gathered first: their attempts are asked for one by one. */
static bool add_message(void *context, const struct outbox_line *line)
{
    struct value *row = messages_map(line);

    value_push(context, row);
    return true;
}

static void say_message(struct section *section, struct value *row)
{
    const char *unit = value_get_text(row, "unit");
    const char *channel = value_get_text(row, "channel");
    const char *reason = value_get_text(row, "reason");
    const struct value *attempts = value_get(row, "attempts");
    struct buf text;

    buf_init(&text, 8192);
    add_day(&text, value_get_int(row, "created_at", 0));
    buf_add_text(&text, "  ");
    label_template(section->screen->view->house->site, value_get_text(row, "template"), &text);
    buf_add_format(&text, " → %s%s%s%s  %s", value_get_text(row, "person_name"),
                   unit ? SAY("（", " (") : "", unit ? unit : "", unit ? SAY("）", ")") : "",
                   messages_state(value_get_text(row, "status")));
    if (value_count(attempts)) {
        buf_add_format(&text, SAY("  %s，第 %zu 次", "  %s, attempt %zu"), channel ? channel : "",
                       value_count(attempts));
    }
    if (reason) {
        buf_add_format(&text, "%s%s", SAY("：", ": "), reason);
    }
    say(section, row, buf_text(&text));
    buf_clear(&text);
}

static bool show_messages(struct screen *screen, struct section *section, struct err *err)
{
    struct house *house = screen->view->house;
    const struct outbox_filter filter = {.case_id = screen->of->case_id};
    struct value *list = value_new_list();
    bool ok = outbox_list(house->site->store, &filter, add_message, list, err);

    for (size_t i = 0; ok && i < value_count(list); i++) {
        struct value *row = value_copy(value_at(list, i));
        struct value *attempts = NULL;

        ok = messages_attempts(house, value_get_int(row, "id", 0), &attempts, err);
        value_set(row, "attempts", attempts);
        say_message(section, row);
    }
    value_free(list);
    return ok;
}

static struct section begin(struct screen *screen, const char *heading)
{
    return (struct section){.screen = screen, .heading = heading, .list = value_new_list()};
}

static void end(struct section *section, const char *key)
{
    size_t left = value_count(section->list) - section->told;
    char text[64];

    if (left == 1) {
        tell(section, section->held);
    } else if (left > 1) {
        (void)snprintf(text, sizeof text, SAY("另有 %zu 项（--full）", "%zu more (--full)"), left);
        tell(section, text);
    }
    mem_free(section->held);
    value_set(section->screen->map, key, section->list);
}

static void add_child(struct section *section, const struct stmt *stmt)
{
    struct value *row = value_new_map();
    const char *title = label_title(view_about(section->screen->view, stmt_int(stmt, 1)), "states",
                                    stmt_text(stmt, 3, NULL));
    struct buf text;

    buf_init(&text, 4096);
    buf_add_format(&text, "%s  %s  %s", stmt_text(stmt, 0, NULL), stmt_text(stmt, 2, NULL), title);
    value_set_text(row, "number", stmt_text(stmt, 0, NULL));
    value_set_text(row, "title", stmt_text(stmt, 2, NULL));
    value_set_text(row, "state", stmt_text(stmt, 3, NULL));
    value_set_bool(row, "open", stmt_is_null(stmt, 4));
    say(section, row, buf_text(&text));
    buf_clear(&text);
}

static bool show_children(struct screen *screen, struct err *err)
{
    struct section section = begin(screen, SAY("下级事项", "children"));
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok =
        store_ask(screen->view->house->site->store,
                  "SELECT c.number, c.activation_id, v.title, c.state, c.closed_at FROM cases AS c"
                  " JOIN activations AS a ON a.activation_id = c.activation_id"
                  " JOIN versions AS v ON v.version_id = a.version_id"
                  " WHERE c.parent_id = $1 ORDER BY c.case_id",
                  &stmt, err, "i", screen->of->case_id);

    while (ok && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        add_child(&section, stmt);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    end(&section, "children");
    return ok;
}

/* "签收（经办人；须填 签收日期）": one fact that may be recorded now. */
static void say_fact(struct section *section, const char *id)
{
    const struct screen *screen = section->screen;
    const struct value *fact = value_get(value_get(screen->labels.about, "facts"), id);
    const struct value *by = value_get(fact, "by");
    const struct value *fields = value_get(fact, "fields");
    struct value *row = value_new_map();
    struct buf text;
    bool has_any = false;

    buf_init(&text, 8192);
    buf_add_format(&text, "%s  ", label_title(screen->labels.about, "facts", id));
    for (size_t i = 0; i < value_count(by); i++) {
        const char *role = value_get_text(value_at(by, i), "role");

        buf_add_format(&text, "%s%s", i ? SAY("、", ", ") : "",
                       role ? rights_title(screen->view->house->site, role)
                            : SAY("有关人员", "who is concerned"));
    }
    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);

        if (value_get_bool(field, "required") && !value_get_bool(field, "default")) {
            buf_add_format(&text, "%s%s", has_any ? SAY("、", ", ") : SAY("；须填 ", "; needs "),
                           value_get_text(field, "label"));
            has_any = true;
        }
    }
    value_set_text(row, "fact", id);
    value_set_text(row, "title", label_title(screen->labels.about, "facts", id));
    say(section, row, buf_text(&text));
    buf_clear(&text);
}

/* What the state takes; versions published before they told it have no such section. */
static void show_takes(struct screen *screen)
{
    struct section section = begin(screen, SAY("现在可登记", "facts now"));
    const struct value *state =
        value_get(value_get(screen->labels.about, "states"), screen->of->state);
    const struct value *takes = value_get(state, "takes");

    for (size_t i = 0; i < value_count(takes); i++) {
        const char *id = value_text(value_at(takes, i));

        if (id) {
            say_fact(&section, id);
        }
    }
    if (value_count(takes) && screen->of->closed_at == CASE_NEVER) {
        struct value *row = value_new_map();

        value_set_text(row, "fact", "corrected");
        value_set_text(row, "title", SAY("更正", "corrected"));
        say(&section, row,
            SAY("另可登记更正、备注、延期、移交、撤回等，见 duban help fact",
                "and corrections, notes, extensions and the like, see duban help fact"));
    }
    end(&section, "takes");
}

bool case_parts_show(struct screen *screen, struct err *err)
{
    struct store *store = screen->view->house->site->store;
    int64_t id = screen->of->case_id;
    struct section waits = begin(screen, SAY("待批", "to sign"));
    struct section plans = begin(screen, SAY("待补办", "catch-up"));
    struct section papers = begin(screen, SAY("文书", "papers"));
    struct section messages = begin(screen, SAY("消息", "messages"));
    bool ok = proposals_list(store, id, true, add_proposal, &waits, err) &&
              plans_list(store, id, true, add_plan, &plans, err) &&
              documents_list(store, id, add_document, &papers, err) &&
              show_messages(screen, &messages, err);

    end(&waits, "proposals");
    end(&plans, "plans");
    end(&papers, "documents");
    end(&messages, "messages");
    if (ok && screen->of->parent) {
        screen_line(screen, SAY("上级事项", "opened by"), screen->of->parent);
        value_set_text(screen->map, "parent", screen->of->parent);
    }
    if (ok) {
        show_takes(screen);
    }
    return ok && show_children(screen, err);
}
