/* The first reading of a sheet: merged cells stand behind the rows they belong to, hence before any
   row can be handed on somebody has to have looked. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "paper/csv.h"
#include "paper/xlsx_sheet.h"
#include "paper/xlsx_xml.h"

struct mapping {
    struct sheet_map *map;
    size_t room;
    bool is_value; /* inside v or t of a cell */
    bool is_hidden;
    bool is_cell_counted;
    bool is_row_counted;
};

bool sheet_reference(const char *text, uint32_t *line, uint32_t *column)
{
    uint32_t letters = 0;
    uint32_t number = 0;

    for (; *text == '$' || (*text >= 'A' && *text <= 'Z') || (*text >= 'a' && *text <= 'z');
         text++) {
        if (*text != '$') {
            letters = letters * 26 + (uint32_t)((*text & 0x1f));
        }
        if (letters > 16384) {
            return false;
        }
    }
    for (; *text == '$' || (*text >= '0' && *text <= '9'); text++) {
        if (*text != '$') {
            number = number * 10 + (uint32_t)(*text - '0');
        }
        if (number > SHEET_LINES_MAX) {
            return false;
        }
    }
    *line = number;
    *column = letters - 1;
    return *text == '\0' && letters && number;
}

/* "A1:C3"; what reaches beyond the columns we read is cut there. */
static bool read_range(const char *text, struct merged *out)
{
    char first[32];
    size_t length = strcspn(text, ":");

    if (!text[length] || length >= sizeof first) {
        return false;
    }
    memcpy(first, text, length);
    first[length] = '\0';
    if (!sheet_reference(first, &out->top, &out->left) ||
        !sheet_reference(text + length + 1, &out->bottom, &out->right) || out->bottom < out->top ||
        out->right < out->left) {
        return false;
    }
    if (out->right >= CSV_COLUMNS_MAX) {
        out->right = CSV_COLUMNS_MAX - 1;
    }
    return true;
}

static bool add_merged(struct mapping *mapping, const char *text, struct err *err)
{
    struct sheet_map *map = mapping->map;
    struct merged one;

    if (!text || !read_range(text, &one) || one.left > one.right) {
        return true; /* one that says nothing, or lies outside */
    }
    if (map->merged_count == SHEET_MERGED_MAX) {
        err_set(
            err, ERR_INVALID,
            SAY("合并的单元格太多（上限 %d）", "there are too many merged cells (the limit is %d)"),
            SHEET_MERGED_MAX);
        return false;
    }
    if (map->merged_count == mapping->room) {
        mapping->room = mapping->room ? mapping->room * 2 : 64;
        map->merged = mem_resize(map->merged, mapping->room * sizeof *map->merged);
    }
    map->merged[map->merged_count++] = one;
    return true;
}

static bool on_start(void *context, const char *name, const char **attributes, struct err *err)
{
    struct mapping *mapping = context;

    if (strcmp(name, "row") == 0) {
        mapping->is_hidden = xml_is_true(attributes, "hidden");
        mapping->is_row_counted = false;
    } else if (strcmp(name, "c") == 0) {
        mapping->is_cell_counted = false;
    } else if (strcmp(name, "mergeCell") == 0) {
        return add_merged(mapping, xml_attribute(attributes, "ref"), err);
    }
    mapping->is_value = strcmp(name, "v") == 0 || strcmp(name, "t") == 0;
    return true;
}

static bool on_end(void *context, const char *name, struct err *err)
{
    struct mapping *mapping = context;

    (void)name;
    (void)err;
    mapping->is_value = false;
    return true;
}

static bool on_text(void *context, const char *bytes, size_t length, struct err *err)
{
    struct mapping *mapping = context;

    (void)bytes;
    (void)length;
    (void)err;
    if (mapping->is_value && !mapping->is_cell_counted) {
        mapping->map->cells++;
        mapping->map->hidden += mapping->is_hidden && !mapping->is_row_counted;
        mapping->is_cell_counted = mapping->is_row_counted = true;
    }
    return true;
}

static int by_top(const void *a, const void *b)
{
    const struct merged *one = a;
    const struct merged *other = b;

    return one->top < other->top ? -1 : one->top > other->top;
}

bool sheet_map_read(struct book *book, const char *part, struct sheet_map *out, struct err *err)
{
    static const struct xml_handler HANDLER = {on_start, on_end, on_text};
    struct mapping mapping = {.map = out};

    *out = (struct sheet_map){0};
    if (!xml_read(book->box, part, &HANDLER, &mapping, err)) {
        sheet_map_clear(out);
        return false;
    }
    if (out->merged_count) {
        qsort(out->merged, out->merged_count, sizeof *out->merged, by_top);
    }
    return true;
}

void sheet_map_clear(struct sheet_map *map)
{
    mem_free(map->merged);
    *map = (struct sheet_map){0};
}
