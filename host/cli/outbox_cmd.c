/* `duban outbox`: who is told what, and whether it went out. */
#include "cli/handlers.h"

#include <string.h>

#include "base/base.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/outbox.h"
#include "cli/house.h"
#include "cli/table.h"
#include "cli/view.h"

const struct option outbox_options[] = {
    {"case", "NUMBER", "只看一个案件", "only one case"},
    {"status", "STATUS", "waiting、cancelled、sent 或 dead（待发、取消、已发、不达）",
     "waiting, cancelled, sent or dead"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

static const struct column COLUMNS[] = {
    {"created_at", "时间", "TIME", 0, false},
    {"number", "案件", "CASE", 0, false},
    {"person", "收件人", "TO", 10, false},
    {"unit", "单位", "UNIT", 12, false},
    {"template", "消息", "MESSAGE", 20, false},
    {"status", "状态", "STATE", 0, false},
    {NULL, NULL, NULL, 0, false},
};

static const struct {
    const char *id, *zh;
} STATES[] = {{"waiting", "待发"}, {"cancelled", "取消"}, {"sent", "已发"}, {"dead", "不达"}};

struct listing {
    struct view *view;
    struct table *table;
};

static bool add_line(void *context, const struct outbox_line *line)
{
    struct listing *listing = context;
    const char *status = line->status;
    struct buf title;

    if (!view_sees_office(listing->view, line->office_id)) {
        return true;
    }
    if (listing->view->unit[0]) {
        struct view_case found = {0};

        if (!line->number || !view_case(listing->view, line->number, &found, NULL)) {
            return true;
        }
        view_case_clear(&found);
    }
    for (size_t i = 0; i < COUNT_OF(STATES) && !listing->view->house->out.is_json; i++) {
        if (strcmp(STATES[i].id, line->status) == 0) {
            status = SAY(STATES[i].zh, STATES[i].id);
        }
    }
    table_instant(listing->table, line->created_at);
    table_text(listing->table, line->number);
    table_text(listing->table, line->person_name);
    table_text(listing->table, line->unit_name);
    buf_init(&title, 4096);
    label_template(listing->view->house->site, line->template, &title);
    table_word(listing->table, PAINT_NONE, buf_text(&title), line->template);
    buf_clear(&title);
    table_text(listing->table, status);
    return true;
}

/* The id of a state given by id or by its Chinese word; false for anything else. */
static bool find_state(const char *word, const char **id)
{
    for (size_t i = 0; word && i < COUNT_OF(STATES); i++) {
        if (strcmp(STATES[i].id, word) == 0 || strcmp(STATES[i].zh, word) == 0) {
            *id = STATES[i].id;
            return true;
        }
    }
    return word == NULL;
}

enum outcome outbox_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct view_case found = {0};
    struct table *table = NULL;
    struct listing listing = {.view = &view};
    const char *number = args_get(args, "case");
    const char *status = NULL;
    bool ok = false;

    if (!find_state(args_get(args, "status"), &status)) {
        err_set(err, ERR_INVALID,
                SAY("没有状态“%"
                    "s”；有：waiting（待发）、cancelled（已取消）、sent（已发）、dead（不达）",
                    "no state \"%s\": waiting, cancelled, sent, dead"),
                args_get(args, "status"));
        return OUTCOME_REFUSED;
    }
    table = table_new(COLUMNS);
    listing.table = table;
    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        (number && !view_case(&view, number, &found, err)) ||
        !outbox_list(house->site->store, found.case_id, status, add_line, &listing, err)) {
        goto done;
    }
    table_show(table, &house->out, SAY("没有消息。", "No messages."));
    ok = true;
done:
    table_free(table);
    view_case_clear(&found);
    view_end(&view);
    return args_outcome(ok);
}
