/* Who stands behind a row: what is kept of it, and how it is said. */
#include "cli/acted.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

/* The names of the papers a body carries; NULL without any. */
static struct value *paper_names(const char *body)
{
    struct value *tree = NULL;
    struct value *names = NULL;
    const struct value *paper;
    struct err unsaid = {0};

    if (!body || !strstr(body, "\"paper\"") || !json_parse(body, strlen(body), &tree, &unsaid)) {
        return NULL;
    }
    paper = value_get(tree, "paper");
    for (size_t i = 0; value_kind(paper) == VALUE_LIST && i < value_count(paper); i++) {
        const char *name = value_get_text(value_at(paper, i), "name");

        if (name) {
            names = names ? names : value_new_list();
            value_push(names, value_new_text(name));
        }
    }
    value_free(tree);
    return names;
}

void acted_keep(const struct event_line *line, struct value *row)
{
    struct value *names = line->is_input ? paper_names(line->body) : NULL;

    value_set_text(row, "actor", line->actor);
    value_set_text(row, "actor_name", line->actor_name);
    value_set_text(row, "recorder", line->recorder);
    value_set_bool(row, "for_another", line->is_for_another);
    if (line->stands_for) {
        value_set_text(row, "stands_for", line->stands_for);
    }
    if (names) {
        value_set(row, "paper", names);
    }
}

static void say_paper(const struct value *paper, const char *before, struct buf *out)
{
    for (size_t i = 0; i < value_count(paper); i++) {
        buf_add_format(out, "%s%s", i ? SAY("、", ", ") : before, value_text(value_at(paper, i)));
    }
}

void acted_say(const struct value *row, bool is_full, struct buf *out)
{
    const char *actor = value_get_text(row, "actor_name");
    const char *stands_for = value_get_text(row, "stands_for");
    const struct value *paper = value_get(row, "paper");

    if (!actor || !value_get_bool(row, "is_input")) {
        return;
    }
    buf_add_format(out, "  —— %s", actor);
    if (stands_for) {
        buf_add_format(out, SAY("（代%s）", " (acting for %s)"), stands_for);
    }
    if (value_get_bool(row, "for_another") && (is_full || paper)) {
        buf_add_format(out, SAY("（%s 代录", " (recorded by %s"), value_get_text(row, "recorder"));
        say_paper(paper, SAY("，附 ", ", with "), out);
        buf_add_text(out, SAY("）", ")"));
    } else if (paper) {
        say_paper(paper, SAY("（附 ", " (with "), out);
        buf_add_text(out, SAY("）", ")"));
    }
}
