/* A sheet of an office begins with a title, perhaps a line "填报单位：…  填报日期：…", then the
   header. Where a group of columns has a name of its own the header has two rows or three, and its
   cells are merged; a CSV saved from it has only the gaps left, and those are enough to know it by.
 */
#include "paper/heading.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "paper/csv.h"

#define HEADER_ROWS 3
#define LABELS_MAX 6 /* cells of a line that says who fills in and when */

struct heading {
    heading_take *take;
    void *context;
    struct sheet_row held[HEADER_ROWS]; /* of a header that may go on */
    size_t held_count;
    bool is_found;         /* the header was handed on */
    struct sheet_row last; /* the body row before, for ranges merged downwards */
    struct sheet_row next;
};

const char *heading_tail(const char *title)
{
    const char *tail = title;

    for (const char *at = title; (at = strstr(at, HEADING_JOINT)) != NULL;) {
        at += strlen(HEADING_JOINT);
        tail = *at ? at : tail;
    }
    return tail;
}

struct heading *heading_new(heading_take *take, void *context)
{
    struct heading *heading = mem_new(sizeof *heading);

    heading->take = take;
    heading->context = context;
    for (size_t i = 0; i < HEADER_ROWS; i++) {
        sheet_row_init(&heading->held[i]);
    }
    sheet_row_init(&heading->last);
    sheet_row_init(&heading->next);
    return heading;
}

void heading_free(struct heading *heading)
{
    if (!heading) {
        return;
    }
    for (size_t i = 0; i < HEADER_ROWS; i++) {
        sheet_row_clear(&heading->held[i]);
    }
    sheet_row_clear(&heading->last);
    sheet_row_clear(&heading->next);
    mem_free(heading);
}

static bool is_empty(const struct sheet_row *row, size_t column)
{
    return csv_is_blank(sheet_row_text(row, column));
}

/* "填报单位：省委编办", "填报日期：2026年3月": every cell of the line says what it is. */
static bool is_labels(const struct sheet_row *row, size_t filled)
{
    if (filled > LABELS_MAX) {
        return false;
    }
    for (size_t column = 0; column < row->columns; column++) {
        const char *text = sheet_row_text(row, column);

        if (!csv_is_blank(text) && !strstr(text, "：") && !strchr(text, ':')) {
            return false;
        }
    }
    return true;
}

static bool has_cover(const struct sheet_row *row, enum cover cover)
{
    for (size_t column = 0; column < row->columns; column++) {
        if (sheet_row_covered(row, column) == cover) {
            return true;
        }
    }
    return false;
}

/* Two names or more stand below one that is merged to the right. */
static bool has_group(const struct sheet_row *above, const struct sheet_row *row)
{
    size_t below = 0;

    for (size_t column = 0; column <= above->columns; column++) {
        bool is_group = column > 0 && sheet_row_covered(above, column) == COVER_ACROSS;

        if (!is_group) {
            below = 0;
            if (sheet_row_covered(above, column + 1) != COVER_ACROSS) {
                continue;
            }
        }
        below += !is_empty(row, column);
        if (below >= 2) {
            return true;
        }
    }
    return false;
}

static bool has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* Without merged ranges: the second row fills every gap of the first and stays empty below a name
   that has no gap to its right. */
static bool fills_gaps(const struct sheet_row *above, const struct sheet_row *row)
{
    size_t width = above->columns > row->columns ? above->columns : row->columns;
    bool has_gap = false;
    bool has_single = false;

    while (width > 0 && is_empty(above, width - 1) && is_empty(row, width - 1)) {
        width--;
    }
    for (size_t column = 0; column < width; column++) {
        bool is_gap = is_empty(above, column);
        bool is_starter = column + 1 < width && is_empty(above, column + 1);
        bool is_named = !is_empty(row, column);

        if ((is_gap && !is_named) || (!is_gap && is_named && !is_starter)) {
            return false;
        }
        has_gap = has_gap || is_gap;
        has_single = has_single || (!is_gap && !is_named);
        if (is_named && has_digit(sheet_row_text(row, column))) {
            return false;
        }
    }
    return has_gap && has_single && !is_empty(above, 0);
}

static bool goes_on(const struct heading *heading, const struct sheet_row *row)
{
    const struct sheet_row *above = &heading->held[heading->held_count - 1];

    if (heading->held_count == HEADER_ROWS) {
        return false;
    }
    if (has_cover(row, COVER_DOWN) || has_group(above, row)) {
        return true;
    }
    return heading->held_count == 1 && !has_cover(above, COVER_ACROSS) && fills_gaps(above, row);
}

/* The name in one header row: its own, or that of the group it belongs to. */
static const char *name_in(const struct heading *heading, size_t at, size_t column)
{
    const struct sheet_row *row = &heading->held[at];
    bool is_plain = !has_cover(row, COVER_ACROSS) && !has_cover(row, COVER_DOWN);

    while (column > 0 && is_empty(row, column) &&
           (sheet_row_covered(row, column) == COVER_ACROSS ||
            (is_plain && at + 1 < heading->held_count))) {
        column--;
    }
    return sheet_row_text(row, column);
}

static void add_name(struct buf *title, const char *name)
{
    char *plain = csv_trim(name);

    if (*plain) {
        buf_add_format(title, "%s%s", title->length ? HEADING_JOINT : "", plain);
    }
    mem_free(plain);
}

static bool hand_header(struct heading *heading, struct err *err)
{
    struct sheet_row *joined = &heading->next;
    size_t columns = 0;
    struct buf title;
    bool ok = true;

    for (size_t i = 0; i < heading->held_count; i++) {
        columns = heading->held[i].columns > columns ? heading->held[i].columns : columns;
    }
    buf_init(&title, SHEET_ROW_MAX);
    sheet_row_begin(joined, heading->held[0].line);
    for (size_t column = 0; ok && column < columns; column++) {
        buf_reset(&title);
        for (size_t i = 0; i < heading->held_count; i++) {
            add_name(&title, heading->held_count == 1 ? sheet_row_text(&heading->held[0], column)
                                                      : name_in(heading, i, column));
        }
        ok = sheet_row_put(joined, column, buf_text(&title), title.length, err);
    }
    buf_clear(&title);
    heading->is_found = true;
    return ok && heading->take(heading->context, ROW_HEADING, joined, err);
}

/* Fills what the row above covers, and keeps it for the next one. */
static bool hand_body(struct heading *heading, const struct sheet_row *row, struct err *err)
{
    struct sheet_row before = heading->last;

    heading->last = heading->next;
    heading->next = before;
    sheet_row_begin(&heading->last, row->line);
    for (size_t column = 0; column < row->columns; column++) {
        const char *text = sheet_row_text(
            sheet_row_covered(row, column) == COVER_DOWN ? &heading->next : row, column);

        if (!sheet_row_put(&heading->last, column, text, strlen(text), err)) {
            return false;
        }
    }
    return heading->take(heading->context, ROW_BODY, &heading->last, err);
}

bool heading_add(struct heading *heading, const struct sheet_row *row, struct err *err)
{
    size_t filled = sheet_row_filled(row);

    if (filled == 0) {
        return true;
    }
    if (heading->is_found) {
        return hand_body(heading, row, err);
    }
    if (heading->held_count == 0 && (filled < 2 || is_labels(row, filled))) {
        return heading->take(heading->context, ROW_ABOVE, row, err);
    }
    if (heading->held_count == 0 || goes_on(heading, row)) {
        return sheet_row_copy(&heading->held[heading->held_count++], row, err);
    }
    return hand_header(heading, err) && hand_body(heading, row, err);
}

bool heading_end(struct heading *heading, struct err *err)
{
    return heading->is_found || heading->held_count == 0 || hand_header(heading, err);
}
