/* How a case came to this: its rows by day, with the days between them. A screen holds what people
   did and what it led to; --full holds every row. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/acted.h"
#include "cli/case_parts.h"
#include "cli/words.h"
#include "cli/wrap.h"

#define ROWS_MOST 14 /* on a screen */
#define ROWS_FIRST 2 /* of these from the beginning */

/* Rows that repeat what stands elsewhere on the screen: dates under the deadlines, signatures under
   the approvals, children under their heading. */
static bool is_minor(const char *kind)
{
    static const char *const KINDS[] = {"armed",      "redated",      "submitted",
                                        "met",        "held",         "signed",
                                        "superseded", "child_opened", "child_closed"};

    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        if (strcmp(kind, KINDS[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_told(const struct screen *screen, const struct value *row)
{
    const char *kind = value_get_text(row, "kind");
    const struct words_row words = {.kind = kind ? kind : "", .name = ""};

    return kind && !words_is_noise(&words) && (screen->is_full || !is_minor(kind));
}

/* "2025-09-15  +7天   " with the days since the row before; blank while the day stays the same. */
static void put_head(const struct screen *screen, int64_t at, int64_t before, struct buf *out)
{
    char text[24], gap[40] = "";
    size_t length = screen->is_full ? 16 : 10;

    clock_format_instant(at, text);
    text[length] = '\0';
    if (clock_day(at) == before && !screen->is_full) {
        text[0] = '\0';
    } else if (before != INT64_MIN && clock_day(at) > before) {
        (void)snprintf(gap, sizeof gap, SAY("+%" PRId64 "天", "+%" PRId64 " d"),
                       clock_day(at) - before);
    }
    wrap_cell(out, text, length + 1);
    wrap_cell(out, gap, 7);
}

static void say_row(const struct screen *screen, const struct value *row, int64_t before)
{
    bool is_input = value_get_bool(row, "is_input");
    int64_t at = value_get_int(row, "at", 0);
    const char *text = value_get_text(row, "text");
    int64_t occurred = value_get_int(row, "occurred", INT64_MIN);
    struct buf head, sentence;

    buf_init(&head, 1024);
    buf_init(&sentence, (size_t)300 * 1024);
    put_head(screen, at, before, &head);
    buf_add_format(&sentence, "%s%s", is_input ? "" : SAY("→ ", "-> "), text ? text : "");
    if (occurred != INT64_MIN && occurred != clock_day(at)) {
        char day[12];

        clock_format_day(occurred, day);
        buf_add_format(&sentence, SAY("（发生于 %s）", " (happened on %s)"), day);
    }
    acted_say(row, screen->is_full, &sentence);
    wrap_print(screen->out, buf_text(&head), text_width(buf_text(&head)), buf_text(&sentence));
    buf_clear(&head);
    buf_clear(&sentence);
}

static void say_gap(const struct screen *screen, size_t left_out)
{
    out_print(screen->out,
              SAY("…（中间 %zu 条从略，加 --full 看全部）\n", "… (%zu rows left out: --full)\n"),
              left_out);
}

void screen_history(const struct screen *screen)
{
    size_t count = value_count(screen->history);
    size_t told = 0, at = 0, left_out;
    int64_t before = INT64_MIN;

    for (size_t i = 0; i < count; i++) {
        told += is_told(screen, value_at(screen->history, i));
    }
    left_out = screen->is_full || told <= ROWS_MOST + 3 ? 0 : told - ROWS_MOST;
    out_print(screen->out, "%s\n", SAY("经过", "history"));
    for (size_t i = 0; i < count; i++) {
        const struct value *row = value_at(screen->history, i);

        if (!is_told(screen, row)) {
            continue;
        }
        if (at == ROWS_FIRST && left_out) {
            say_gap(screen, left_out);
        }
        if (at < ROWS_FIRST || at >= ROWS_FIRST + left_out) {
            say_row(screen, row, before);
            before = clock_day(value_get_int(row, "at", 0));
        }
        at++;
    }
}
