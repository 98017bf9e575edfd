/* `duban case NUMBER`: one screen about one case. What it is, where it stands, what is due and why,
   what waits, what went out, and how it came to this. */
#include "cli/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "casework/events.h"
#include "cli/case_parts.h"
#include "cli/correction.h"
#include "cli/house.h"
#include "cli/view.h"
#include "cli/words.h"
#include "cli/wrap.h"

#define LABEL_WIDTH 10

static void line(const struct screen *screen, const char *label, const char *text)
{
    struct buf head;

    buf_init(&head, 4096);
    wrap_cell(&head, label, LABEL_WIDTH);
    buf_add_text(&head, "  ");
    wrap_print(screen->out, buf_text(&head), LABEL_WIDTH + 2, text);
    buf_clear(&head);
}

/* What it is and where it stands. */
static void say_head(struct screen *screen)
{
    const struct view_case *of = screen->of;
    struct value *map = screen->map;
    struct buf text;
    char day[12];

    buf_init(&text, 8192);
    out_paint(screen->out, PAINT_BOLD, "%s  %s", of->number, of->title);
    out_print(screen->out, "\n");
    clock_format_day(clock_day(of->opened_at), day);
    buf_add_format(&text, "%s%s", label_title(screen->labels.about, "states", of->state),
                   of->closed_at == CASE_NEVER ? "" : SAY("（已结）", " (closed)"));
    line(screen, SAY("状态", "state"), buf_text(&text));
    if (of->set_aside) {
        line(screen, SAY("搁置", "put aside"), of->set_aside);
    }
    line(screen, SAY("单位", "unit"), of->unit_name ? of->unit_name : SAY("无", "none"));
    line(screen, SAY("立案", "opened"), day);
    if (of->closed_at != CASE_NEVER) {
        clock_format_day(clock_day(of->closed_at), day);
        line(screen, SAY("办结", "closed"), day);
    }
    value_set_text(map, "number", of->number);
    value_set_text(map, "workflow", of->workflow);
    value_set_text(map, "title", of->title);
    value_set_text(map, "state", of->state);
    value_set_text(map, "state_title", label_title(screen->labels.about, "states", of->state));
    value_set_text(map, "unit", of->unit_code);
    value_set_text(map, "unit_name", of->unit_name);
    value_set_text(map, "due", of->due);
    value_set_text(map, "set_aside", of->set_aside);
    value_set_text(map, "outcome", of->outcome);
    value_set_int(map, "opened_at", of->opened_at);
    if (of->closed_at != CASE_NEVER) {
        value_set_int(map, "closed_at", of->closed_at);
    }
    value_set(map, "record", value_copy(of->record));
    buf_clear(&text);
}

static void say_record(struct screen *screen)
{
    const struct value *fields = value_get(screen->labels.about, "fields");

    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *label = value_get_text(field, "label");
        const char *id = value_get_text(field, "id");
        const struct value *value = id ? value_get(screen->of->record, id) : NULL;
        struct buf text;

        buf_init(&text, (size_t)256 * 1024);
        label_value(&screen->labels, field, value, &text);
        if (text.length) {
            line(screen, label ? label : id, buf_text(&text));
        }
        buf_clear(&text);
    }
}

/* One row of the history as it stands on the screen: when, what, who. */
static void say_event(struct screen *screen, const struct event_line *row, const char *text)
{
    struct buf sentence;
    char head[24];
    char day[12];

    clock_format_instant(row->at, head);
    head[16] = '\0';
    buf_init(&sentence, (size_t)300 * 1024);
    buf_add_format(&sentence, "%s%s", row->is_input ? "" : SAY("→ ", "-> "), text);
    if (row->has_occurred && row->occurred != clock_day(row->at)) {
        clock_format_day(row->occurred, day);
        buf_add_format(&sentence, SAY("（发生于 %s）", " (happened on %s)"), day);
    }
    if (row->is_input && row->actor_name) {
        buf_add_format(&sentence, "  —— %s", row->actor_name);
        if (row->is_for_another) {
            buf_add_format(&sentence, SAY("（%s 代录）", " (recorded by %s)"), row->recorder);
        }
    }
    wrap_print(screen->out, head, 18, buf_text(&sentence));
    buf_clear(&sentence);
}

/* Remembers the newest sentence about each running deadline. */
static void note_deadline(struct screen *screen, const struct event_line *row, const char *text)
{
    static const char *const MOVES =
        " armed redated extended paused resumed submitted returned passed ";
    const struct value *known = value_get(screen->labels.about, "deadlines");
    char word[64];

    if (row->is_input || !value_get(known, row->name) || strlen(row->kind) > 40) {
        return;
    }
    if (strcmp(row->kind, "met") == 0) {
        value_set(screen->deadlines, row->name, value_new_nil());
        return;
    }
    snprintf(word, sizeof word, " %s ", row->kind);
    if (strstr(MOVES, word)) {
        value_set_text(screen->deadlines, row->name, text);
    }
}

/* A correction says what it changed, which takes the rows before it. */
static void retell_correction(struct screen *screen, const struct event_line *row,
                              struct value *kept)
{
    struct buf text;
    struct err unsaid = {0};

    if (strcmp(row->kind, "fact") != 0 || strcmp(row->name, "corrected") != 0) {
        return;
    }
    buf_init(&text, (size_t)256 * 1024);
    if (correction_say(&screen->labels, screen->of->case_id, row->seq, &text, &unsaid) &&
        text.length) {
        value_set_text(kept, "text", buf_text(&text));
    }
    buf_clear(&text);
}

static bool take_event(void *context, const struct event_line *row)
{
    struct screen *screen = context;
    struct value *kept = because_row(&screen->because, screen->of, row->kind, row->name, row->body);
    struct words_row words = {.kind = row->kind, .name = row->name};
    const char *text;

    retell_correction(screen, row, kept);
    text = value_get_text(kept, "text");
    value_set_int(kept, "seq", row->seq);
    value_set_int(kept, "at", row->at);
    value_set_int(kept, "now", row->now);
    value_set_bool(kept, "is_input", row->is_input);
    value_set_text(kept, "actor", row->actor);
    value_set_text(kept, "actor_name", row->actor_name);
    value_set_text(kept, "recorder", row->recorder);
    value_set_int(kept, "line", row->line);
    if (row->has_occurred) {
        value_set_int(kept, "occurred", row->occurred);
    }
    note_deadline(screen, row, text);
    if (screen->tells && !words_is_noise(&words)) {
        say_event(screen, row, text);
    }
    value_push(screen->history, kept);
    return true;
}

/* The history is walked twice: silently for the deadlines, which stand higher on the screen, then
 * aloud. */
static bool walk(struct screen *screen, bool tells, struct err *err)
{
    value_free(screen->history);
    value_free(screen->deadlines);
    screen->history = value_new_list();
    screen->deadlines = value_new_map();
    screen->tells = tells;
    return events_list(screen->view->house->site->store, screen->of->case_id, 0, take_event, screen,
                       err);
}

static void say_deadlines(struct screen *screen)
{
    bool is_closed = screen->of->closed_at != CASE_NEVER;

    for (size_t i = 0; i < value_count(screen->deadlines) && !is_closed; i++) {
        line(screen, i ? "" : SAY("期限", "due"), value_text(value_at(screen->deadlines, i)));
    }
}

static bool say_screen(struct screen *screen, struct err *err)
{
    say_head(screen);
    say_record(screen);
    if (!walk(screen, false, err)) {
        return false;
    }
    say_deadlines(screen);
    if (!case_parts_show(screen, err)) {
        return false;
    }
    out_print(screen->out, "\n%s\n", SAY("经过", "history"));
    if (!walk(screen, true, err)) {
        return false;
    }
    value_set(screen->map, "deadlines", value_copy(screen->deadlines));
    value_set(screen->map, "history", value_copy(screen->history));
    return true;
}

enum outcome case_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct view_case found = {0};
    struct screen screen = {.view = &view, .of = &found, .out = &house->out};
    bool ok = false;

    if (!house_read(house, err) || !view_begin(&view, house, args, err) ||
        !view_case(&view, args_operand(args, 0), &found, err)) {
        goto done;
    }
    screen.labels = view_labels(&view, found.activation_id);
    screen.map = value_new_map();
    because_begin(&screen.because, &view);
    if (!say_screen(&screen, err)) {
        goto done;
    }
    out_document(&house->out, screen.map);
    screen.map = NULL;
    ok = true;
done:
    because_end(&screen.because);
    value_free(screen.map);
    value_free(screen.history);
    value_free(screen.deadlines);
    view_case_clear(&found);
    view_end(&view);
    return args_outcome(ok);
}
