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
#include "cli/acted.h"
#include "cli/case_parts.h"
#include "cli/correction.h"
#include "cli/house.h"
#include "cli/view.h"
#include "cli/wrap.h"

void screen_line(const struct screen *screen, const char *label, const char *text)
{
    struct buf head;

    buf_init(&head, 4096);
    wrap_cell(&head, label, SCREEN_LABEL);
    buf_add_text(&head, "  ");
    wrap_print(screen->out, buf_text(&head), SCREEN_LABEL + 2, text);
    buf_clear(&head);
}

static void add_day(int64_t instant, struct buf *out)
{
    char day[12];

    clock_format_day(clock_day(instant), day);
    buf_add_text(out, day);
}

/* "整改中  省市场监督管理局  立案 2025-09-01，已 186 天". */
static void say_standing(struct screen *screen)
{
    const struct view_case *of = screen->of;
    int64_t until = of->closed_at == CASE_NEVER ? screen->today : clock_day(of->closed_at);
    struct buf text;

    buf_init(&text, 8192);
    buf_add_format(&text, "%s%s", label_title(screen->labels.about, "states", of->state),
                   of->closed_at == CASE_NEVER ? "" : SAY("（已结）", " (closed)"));
    buf_add_text(&text, SAY("，立案 ", ", opened "));
    add_day(of->opened_at, &text);
    if (of->closed_at != CASE_NEVER) {
        buf_add_text(&text, SAY("，办结 ", ", closed "));
        add_day(of->closed_at, &text);
    }
    buf_add_format(&text,
                   of->closed_at == CASE_NEVER
                       ? SAY("，已 %" PRId64 " 天", ", %" PRId64 " days ago")
                       : SAY("，用时 %" PRId64 " 天", ", %" PRId64 " days"),
                   until - clock_day(of->opened_at));
    screen_line(screen, SAY("状态", "state"), buf_text(&text));
    buf_clear(&text);
}

/* What it is and where it stands. */
static void say_head(struct screen *screen)
{
    const struct view_case *of = screen->of;
    struct value *map = screen->map;

    out_paint(screen->out, PAINT_BOLD, "%s  %s", of->number, of->title);
    out_print(screen->out, "\n");
    say_standing(screen);
    if (of->set_aside) {
        screen_line(screen, SAY("搁置", "put aside"), of->set_aside);
    }
    screen_line(screen, SAY("单位", "unit"), of->unit_name ? of->unit_name : SAY("无", "none"));
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
}

/* Two short fields share a line. */
#define HALF 27

struct pairing {
    const struct screen *screen;
    char label[64];
    struct buf text; /* of the field that waits for a neighbour; empty: none */
};

static void pair_end(struct pairing *pairing)
{
    if (pairing->text.length) {
        screen_line(pairing->screen, pairing->label, buf_text(&pairing->text));
        buf_reset(&pairing->text);
    }
}

static void pair_add(struct pairing *pairing, const char *label, const char *text)
{
    size_t width = text_width(text);

    if (pairing->text.length && width <= HALF && text_width(label) <= SCREEN_LABEL) {
        size_t used = text_width(buf_text(&pairing->text));

        for (size_t at = used; at < HALF + 2; at++) {
            buf_add_byte(&pairing->text, ' ');
        }
        wrap_cell(&pairing->text, label, SCREEN_LABEL);
        buf_add_format(&pairing->text, "  %s", text);
        pair_end(pairing);
        return;
    }
    pair_end(pairing);
    (void)snprintf(pairing->label, sizeof pairing->label, "%s", label);
    text_trim(pairing->label);
    buf_add_text(&pairing->text, text);
    if (width > HALF) {
        pair_end(pairing);
    }
}

static void say_record(struct screen *screen)
{
    const struct value *fields = value_get(screen->labels.about, "fields");
    struct pairing pairing = {.screen = screen};

    buf_init(&pairing.text, (size_t)300 * 1024);
    for (size_t i = 0; i < value_count(fields); i++) {
        const struct value *field = value_at(fields, i);
        const char *label = value_get_text(field, "label");
        const char *id = value_get_text(field, "id");
        const struct value *value = id ? value_get(screen->of->record, id) : NULL;
        struct buf text;

        buf_init(&text, (size_t)256 * 1024);
        label_value(&screen->labels, field, value, &text);
        /* The unit of the case stands above. */
        if (text.length &&
            (!screen->of->unit_name || strcmp(buf_text(&text), screen->of->unit_name) != 0)) {
            pair_add(&pairing, label ? label : id, buf_text(&text));
        }
        buf_clear(&text);
    }
    pair_end(&pairing);
    buf_clear(&pairing.text);
}

/* Remembers how each running deadline was set, and what became of it last. */
static void note_deadline(struct screen *screen, const struct event_line *row,
                          const struct value *kept)
{
    static const char *const SETS = " armed redated extended ";
    static const char *const MOVES = " paused resumed submitted returned passed ";
    const struct value *known = value_get(screen->labels.about, "deadlines");
    const struct value *had = value_get(screen->deadlines, row->name);
    const char *due = value_get_text(value_get(kept, "body"), "due");
    struct value *one;
    char word[64];

    if (row->is_input || !value_get(known, row->name) || strlen(row->kind) > 40) {
        return;
    }
    if (strcmp(row->kind, "met") == 0) {
        value_set(screen->deadlines, row->name, value_new_nil());
        return;
    }
    (void)snprintf(word, sizeof word, " %s ", row->kind);
    if (!strstr(SETS, word) && !strstr(MOVES, word)) {
        return;
    }
    one = had ? value_copy(had) : value_new_map();
    if (strstr(SETS, word) || !had) {
        value_set_text(one, "text", value_get_text(kept, "text"));
    }
    if (due) {
        value_set_text(one, "due", due);
    }
    if (strstr(SETS, word)) {
        value_set_bool(one, "climbs", value_count(value_get(value_get(kept, "body"), "rungs")) > 0);
    }
    value_set_text(one, "kind", row->kind);
    value_set(screen->deadlines, row->name, one);
}

static void note_recorder(struct screen *screen, const struct event_line *row)
{
    const char *actor = row->actor_name ? row->actor_name : row->actor;
    const struct value *had;
    struct value *one;

    if (!row->is_input || !row->is_for_another || !actor || !row->recorder) {
        return;
    }
    had = value_get(screen->recorded, row->recorder);
    one = had ? value_copy(had) : value_new_map();
    value_set_int(one, actor, value_get_int(one, actor, 0) + 1);
    value_set(screen->recorded, row->recorder, one);
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

    retell_correction(screen, row, kept);
    value_set_int(kept, "seq", row->seq);
    value_set_int(kept, "at", row->at);
    value_set_int(kept, "now", row->now);
    value_set_bool(kept, "is_input", row->is_input);
    acted_keep(row, kept);
    value_set_int(kept, "line", row->line);
    if (row->has_occurred) {
        value_set_int(kept, "occurred", row->occurred);
    }
    note_deadline(screen, row, kept);
    note_recorder(screen, row);
    value_push(screen->history, kept);
    return true;
}

void screen_days(const struct screen *screen, int64_t day, struct buf *out)
{
    const struct workdays *workdays = screen->because.workdays;
    int64_t late =
        workdays ? workdays_count(workdays, day + 1, screen->today) : screen->today - day;
    int64_t left =
        workdays ? workdays_count(workdays, screen->today + 1, day) : day - screen->today;

    if (day < screen->today) {
        buf_add_format(out, SAY("，超 %" PRId64 " 个工作日", ", %" PRId64 " working day%s late"),
                       late, late == 1 ? "" : "s");
    } else if (day == screen->today) {
        buf_add_text(out, SAY("，今天到期", ", due today"));
    } else {
        buf_add_format(out, SAY("，还有 %" PRId64 " 个工作日", ", %" PRId64 " working day%s left"),
                       left, left == 1 ? "" : "s");
    }
}

/* "整改时限 2025-11-03（2个月，自 2025-09-01 起），超 84 个工作日". */
static void say_deadline(const struct screen *screen, const struct value *one, struct buf *out)
{
    const char *kind = value_get_text(one, "kind");
    const char *due = value_get_text(one, "due");
    int64_t day;

    buf_add_text(out, value_get_text(one, "text") ? value_get_text(one, "text") : "");
    if (strcmp(kind, "submitted") == 0) {
        buf_add_text(out, SAY("，已提交，停止计时", ", submitted: the clock stands"));
    } else if (strcmp(kind, "paused") == 0) {
        buf_add_text(out, SAY("，暂停计时", ", paused"));
    } else if (strcmp(kind, "passed") == 0 && !value_get_bool(one, "climbs")) {
        buf_add_text(out, SAY("，已过", ", passed")); /* nobody's delay: nothing follows from it */
    } else if (due && clock_parse_day(due, &day, NULL)) {
        screen_days(screen, day, out);
    }
}

static void say_deadlines(struct screen *screen)
{
    bool is_closed = screen->of->closed_at != CASE_NEVER;
    struct value *told = value_new_map();
    bool has_any = false;

    for (size_t i = 0; i < value_count(screen->deadlines); i++) {
        struct buf text;

        buf_init(&text, 8192);
        say_deadline(screen, value_at(screen->deadlines, i), &text);
        value_set_text(told, value_key_at(screen->deadlines, i), buf_text(&text));
        if (!is_closed) {
            screen_line(screen, has_any ? "" : SAY("期限", "due"), buf_text(&text));
            has_any = true;
        }
        buf_clear(&text);
    }
    value_set(screen->map, "deadlines", told);
}

/* "root 代 段远建 4 次、赵新新 2 次": who wrote down what others did. */
static void say_recorded(struct screen *screen)
{
    for (size_t i = 0; i < value_count(screen->recorded); i++) {
        const struct value *actors = value_at(screen->recorded, i);
        struct buf text;

        buf_init(&text, 8192);
        buf_add_format(&text, SAY("%s 代 ", "%s for "), value_key_at(screen->recorded, i));
        for (size_t k = 0; k < value_count(actors); k++) {
            buf_add_format(&text, SAY("%s%s %" PRId64 " 次", "%s%s (%" PRId64 ")"),
                           k ? SAY("、", ", ") : "", value_key_at(actors, k),
                           value_int(value_at(actors, k), 0));
        }
        screen_line(screen, i ? "" : SAY("代录", "recorded"), buf_text(&text));
        buf_clear(&text);
    }
    value_set(screen->map, "recorded_for", value_copy(screen->recorded));
}

static bool say_screen(struct screen *screen, struct err *err)
{
    say_head(screen);
    say_record(screen);
    screen->history = value_new_list();
    screen->deadlines = value_new_map();
    screen->recorded = value_new_map();
    if (!events_list(screen->view->house->site->store, screen->of->case_id, 0, take_event, screen,
                     err)) {
        return false;
    }
    say_deadlines(screen);
    if (!case_parts_show(screen, err)) {
        return false;
    }
    say_recorded(screen);
    screen_history(screen);
    value_set(screen->map, "history", value_copy(screen->history));
    return true;
}

const struct option case_options[] = {
    {"full", NULL, "一条不略", "leaves nothing out"},
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

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
    screen.today = clock_day(site_now(house->site));
    screen.is_full = args_has(args, "full");
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
    value_free(screen.recorded);
    view_case_clear(&found);
    view_end(&view);
    return args_outcome(ok);
}
