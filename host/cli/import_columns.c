/* Columns by their headings: the map's synonyms first, then labels and ids of the record, then the
   words offices use for the number and the day of a row. */
#include "cli/import_columns.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/label.h"
#include "paper/heading.h"

#define MAP_LIMIT ((size_t)256 * 1024)

#define PLACE_WORD "序号"

static const char *const KEY_WORDS[] = {"编号", "主键", PLACE_WORD, "台账编号", "key", NULL};
static const char *const OPENED_WORDS[] = {"登记日期", "立案日期", "登记时间", "opened", NULL};

static bool read_map(const struct house *house, const char *path, struct value **out,
                     struct err *err)
{
    struct value *map = NULL;
    struct buf bytes;
    bool ok = false;

    if (!path) {
        *out = value_new_map();
        return true;
    }
    buf_init(&bytes, MAP_LIMIT + 1);
    if (house_file(house, path, MAP_LIMIT, &bytes, err)) {
        ok = json_parse(buf_text(&bytes), bytes.length, &map, err);
        if (!ok) {
            err_add(err, "%s", path);
        } else if (value_kind(map) != VALUE_MAP) {
            err_set(err, ERR_INVALID,
                    SAY("%s：应是一个 JSON 对象，表头对应字段",
                        "%s: a JSON object of headings and fields is expected"),
                    path);
            ok = false;
        }
    }
    buf_clear(&bytes);
    if (!ok) {
        value_free(map);
        return false;
    }
    *out = map;
    return true;
}

/* What the heading is called after the map; the heading itself without an entry. */
static const char *synonym(const struct value *map, const char *title)
{
    for (size_t i = 0; i < value_count(map); i++) {
        const char *word = value_text(value_at(map, i));

        if (word && sheet_title_is(value_key_at(map, i), title)) {
            return word;
        }
    }
    return title;
}

static const struct value *field_called(const struct value *fields, const char *title)
{
    const struct value *exact = label_field(fields, title);

    for (size_t i = 0; !exact && i < value_count(fields); i++) {
        const char *label = value_get_text(value_at(fields, i), "label");

        if (label && sheet_title_is(label, title)) {
            return value_at(fields, i);
        }
    }
    return exact;
}

bool import_is_ours(const char *title)
{
    size_t length = strlen(title);
    size_t mark = strlen(IMPORT_OURS);

    return length > mark && strcmp(title + length - mark, IMPORT_OURS) == 0;
}

/* Puts the column where it belongs; false when something else stands there. */
static bool place(struct import_columns *columns, const struct value *fields, const char *title,
                  size_t column)
{
    const struct value *field = field_called(fields, title);
    const char *id;

    if (import_is_ours(title)) {
        return true;
    }
    if (!field) {
        title = heading_tail(title); /* 进展 of 整改情况·进展 */
        field = field_called(fields, title);
    }
    id = value_get_text(field, "id");

    if (id) {
        for (size_t i = 0; i < column; i++) {
            if (columns->ids[i] && strcmp(columns->ids[i], id) == 0) {
                return false;
            }
        }
        columns->ids[column] = id;
        return true;
    }
    for (size_t i = 0; OPENED_WORDS[i]; i++) {
        if (columns->opened == columns->count && sheet_title_is(title, OPENED_WORDS[i])) {
            columns->opened = column;
            return true;
        }
    }
    for (size_t i = 0; KEY_WORDS[i]; i++) {
        if (columns->key == columns->count && sheet_title_is(title, KEY_WORDS[i])) {
            columns->key = column;
            columns->is_place = strcmp(KEY_WORDS[i], PLACE_WORD) == 0;
            return true;
        }
    }
    if (*title) {
        value_push(columns->unused, value_new_text(title));
    }
    return true;
}

/* Every name in the map must be something. */
static bool check_map(const struct value *map, const struct value *fields, struct err *err)
{
    for (size_t i = 0; i < value_count(map); i++) {
        const char *word = value_text(value_at(map, i));

        if (!word || (strcmp(word, "key") != 0 && strcmp(word, "opened") != 0 &&
                      !field_called(fields, word))) {
            err_set(err, ERR_INVALID,
                    SAY("对照表里 “%s” 对应的 “%s” 不是字段",
                        "the map calls \"%s\" \"%s\", which is no field"),
                    value_key_at(map, i), word ? word : "?");
            return false;
        }
    }
    return true;
}

bool import_columns_find(const struct house *house, const struct sheet *sheet,
                         const struct value *fields, const char *path, struct import_columns *out,
                         struct err *err)
{
    struct value *map = NULL;
    size_t found = 0;
    bool ok = false;

    *out = (struct import_columns){
        .count = sheet->columns, .key = sheet->columns, .opened = sheet->columns};
    out->ids = mem_array(sheet->columns, sizeof *out->ids);
    out->unused = value_new_list();
    if (!read_map(house, path, &map, err) || !check_map(map, fields, err)) {
        goto done;
    }
    for (size_t column = 0; column < sheet->columns; column++) {
        if (!place(out, fields, synonym(map, sheet->titles[column]), column)) {
            err_set(err, ERR_INVALID,
                    SAY("第 %zu 列 “%s” 与前面一列是同一字段",
                        "column %zu \"%s\" is the same field as one before"),
                    column + 1, sheet->titles[column]);
            goto done;
        }
        found += out->ids[column] != NULL;
    }
    if (!found) {
        err_set(err, ERR_INVALID, "%s",
                SAY("没有一列的表头是该事项的登记字段（可用 --map 对照）",
                    "no heading is a field of the workflow (see --map)"));
        goto done;
    }
    ok = true;
done:
    value_free(map);
    return ok;
}

void import_columns_clear(struct import_columns *columns)
{
    mem_free(columns->ids);
    value_free(columns->unused);
    *columns = (struct import_columns){0};
}
