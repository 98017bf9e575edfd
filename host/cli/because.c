/* The rows that arm or move a deadline list the rungs that stand on it: the newest one that lists a
   step says which date the step was counted from. */
#include "cli/because.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "cli/decisions.h"
#include "cli/words.h"

void because_begin(struct because *because, struct view *view)
{
    struct calendar calendar = {0};

    *because = (struct because){.view = view};
    if (calendar_current(view->house->site, view->house->office_id, &calendar, NULL)) {
        because->workdays = workdays_new(calendar.years);
        calendar_clear(&calendar);
    }
}

void because_end(struct because *because)
{
    workdays_free(because->workdays);
    *because = (struct because){0};
}

/* The deadline and its due day in the newest row that lists the step. The caller frees both. */
static bool find(struct store *store, int64_t case_id, const char *step, char **deadline,
                 char **due)
{
    struct stmt *stmt = NULL;
    struct value *body = NULL;
    struct buf pattern;
    bool has_row = false;
    size_t length = 0;

    buf_init(&pattern, 1024);
    buf_add_format(&pattern, "%%\"%s\"%%", step);
    if (store_ask(
            store,
            "SELECT name, body FROM events WHERE case_id = $1 AND kind IN ('armed', 'redated')"
            " AND body LIKE $2 ORDER BY seq DESC LIMIT 1",
            &stmt, NULL, "it", case_id, buf_text(&pattern)) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        const char *text = stmt_text(stmt, 1, &length);

        if (json_parse(text, length, &body, NULL)) {
            *deadline = mem_text(stmt_text(stmt, 0, NULL));
            *due = mem_text(value_get_text(body, "due"));
        }
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    value_free(body);
    buf_clear(&pattern);
    return *deadline && *due;
}

static int64_t works_between(const struct because *because, int64_t from, int64_t to)
{
    return because->workdays ? workdays_count(because->workdays, from + 1, to) : to - from;
}

static void say(const struct because *because, const char *title, int64_t due, int64_t day,
                struct buf *out)
{
    int64_t count = day > due ? works_between(because, due, day) : works_between(because, day, due);
    char text[12];

    clock_format_day(due, text);
    if (day == due) {
        buf_add_format(out, SAY("%s（%s）当日", "on the day of %s (%s)"), title, text);
        return;
    }
    buf_add_format(out,
                   day > due ? SAY("超过%s（%s）%" PRId64 " ", "past %s (%s) by %" PRId64 " ")
                             : SAY("距%s（%s）还有 %" PRId64 " ", "before %s (%s) by %" PRId64 " "),
                   title, text, count);
    buf_add_text(out, because->workdays ? SAY("个工作日", "working day") : SAY("天", "day"));
    buf_add_text(out, text_is_zh() || count == 1 ? "" : "s");
}

/* Appends "超过办理时限 2026-10-12 1 个工作日" for the step "ladder/step" of a case planned for the
   instant; nothing when no deadline of the case knows the step. */
static void say_step(struct because *because, const struct view_case *of, const char *step,
                     int64_t planned, struct buf *out)
{
    char *deadline = NULL;
    char *due = NULL;
    int64_t day = 0;

    if (find(because->view->house->site->store, of->case_id, step, &deadline, &due) &&
        clock_parse_day(due, &day, NULL)) {
        say(because,
            label_title(view_about(because->view, of->activation_id), "deadlines", deadline), day,
            clock_day(planned), out);
    }
    mem_free(deadline);
    mem_free(due);
}

struct value *because_row(struct because *because, const struct view_case *of, const char *kind,
                          const char *name, const char *body)
{
    struct labels labels = view_labels(because->view, of->activation_id);
    struct value *row = decisions_row(&labels, kind, name, body);
    struct words_row words = {.kind = kind, .name = name, .body = value_get(row, "body")};
    struct buf why;
    struct buf text;

    if (strcmp(kind, "rung") != 0) {
        return row;
    }
    buf_init(&why, 4096);
    buf_init(&text, 65536);
    say_step(because, of, name, value_get_int(words.body, "planned", 0), &why);
    if (why.length) {
        words.because = buf_text(&why);
        words_say(&labels, &words, &text);
        value_set_text(row, "text", buf_text(&text));
    }
    buf_clear(&why);
    buf_clear(&text);
    return row;
}
