/* Decisions in words: from the input's row to the next input, as the fold wrote them. */
#include "cli/decisions.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "casework/events.h"
#include "cli/words.h"
#include "cli/wrap.h"

struct telling {
    struct view *view;
    struct value *list;
    int64_t seq; /* of the input */
};

struct value *decisions_row(const struct labels *labels, const char *kind, const char *name,
                            const char *body)
{
    struct value *row = value_new_map();
    struct value *tree = NULL;
    struct words_row words = {.kind = kind, .name = name};
    struct buf text;

    if (body && !json_parse(body, strlen(body), &tree, NULL)) {
        tree = NULL;
    }
    words.body = tree;
    buf_init(&text, (size_t)256 * 1024);
    words_say(labels, &words, &text);
    value_set_text(row, "kind", kind);
    value_set_text(row, "name", name);
    value_set_text(row, "text", buf_text(&text));
    buf_clear(&text);
    if (tree) {
        value_set(row, "body", tree);
    }
    return row;
}

static bool tell(void *context, const struct event_line *line)
{
    struct telling *telling = context;
    struct labels labels = view_labels(telling->view, line->activation_id);
    struct value *row;

    if (line->is_input && line->seq != telling->seq) {
        return false;
    }
    if (line->is_input) {
        return true;
    }
    row = decisions_row(&labels, line->kind, line->name, line->body);
    value_set_int(row, "seq", line->seq);
    value_set_int(row, "line", line->line);
    wrap_print(&telling->view->house->out, "  ", 2, value_get_text(row, "text"));
    value_push(telling->list, row);
    return true;
}

bool decisions_show(struct view *view, const struct view_case *of, int64_t seq, struct value **out,
                    struct err *err)
{
    struct telling telling = {.view = view, .list = value_new_list(), .seq = seq};

    if (!events_list(view->house->site->store, of->case_id, seq - 1, tell, &telling, err)) {
        value_free(telling.list);
        return false;
    }
    *out = telling.list;
    return true;
}
