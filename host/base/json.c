/* JSON text to a value tree by jansson, and back by our own writer: hashes cover what is written,
   so its form must not depend on a library's version. */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/text.h"

#define DEPTH_MAX 64

static struct value *tree_of(const json_t *json, int depth, struct err *err);

static int compare_keys(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

/* Keys are sorted first, so that a map with a million of them is not filled by insertion. */
static struct value *map_of(const json_t *json, int depth, struct err *err)
{
    size_t count = json_object_size(json);
    const char **keys = mem_array(count, sizeof *keys);
    struct value *map = value_new_map();
    void *at = json_object_iter((json_t *)json);

    for (size_t i = 0; i < count && at; i++) {
        keys[i] = json_object_iter_key(at);
        at = json_object_iter_next((json_t *)json, at);
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; map && i < count; i++) {
        struct value *child = tree_of(json_object_get(json, keys[i]), depth + 1, err);

        if (!child) {
            value_free(map);
            map = NULL;
        } else {
            value_set(map, keys[i], child);
        }
    }
    mem_free(keys);
    return map;
}

static struct value *list_of(const json_t *json, int depth, struct err *err)
{
    struct value *list = value_new_list();

    for (size_t i = 0; i < json_array_size(json); i++) {
        struct value *child = tree_of(json_array_get(json, i), depth + 1, err);

        if (!child) {
            value_free(list);
            return NULL;
        }
        value_push(list, child);
    }
    return list;
}

static struct value *tree_of(const json_t *json, int depth, struct err *err)
{
    if (depth > DEPTH_MAX && (json_is_object(json) || json_is_array(json))) {
        err_set(err, ERR_INVALID,
                SAY("JSON 嵌套超过 %d 层", "the JSON is nested deeper than %d levels"), DEPTH_MAX);
        return NULL;
    }
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return map_of(json, depth, err);
    case JSON_ARRAY:
        return list_of(json, depth, err);
    case JSON_STRING:
        return value_new_string(json_string_value(json), json_string_length(json));
    case JSON_INTEGER:
        return value_new_int(json_integer_value(json));
    case JSON_REAL:
        return value_new_float(json_real_value(json));
    case JSON_TRUE:
        return value_new_bool(true);
    case JSON_FALSE:
        return value_new_bool(false);
    case JSON_NULL:
        break;
    }
    return value_new_nil();
}

void json_prepare(void)
{
    json_object_seed(0);
}

bool json_parse(const char *text, size_t length, struct value **out, struct err *err)
{
    json_error_t why = {.line = 1, .column = 1};
    /* The library swallows a NUL that follows a number. */
    json_t *json = length && memchr(text, '\0', length)
                       ? NULL
                       : json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    struct value *tree = NULL;

    if (!json) {
        err_set(err, ERR_INVALID,
                SAY("不是有效的 JSON：第 %d 行第 %d 列附近写法有误",
                    "not valid JSON near line %d, column %d"),
                why.line, why.column);
        return false;
    }
    tree = tree_of(json, 1, err);
    json_decref(json);
    if (!tree) {
        return false;
    }
    *out = tree;
    return true;
}

/* 0 copies the byte, 'u' writes six characters, else the letter behind the backslash. */
static char escape_of(unsigned char byte)
{
    switch (byte) {
    case '"':
    case '\\':
        return (char)byte;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return byte < 0x20 ? 'u' : 0;
    }
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

static void write_escape(unsigned char byte, struct buf *out)
{
    static const char DIGITS[] = "0123456789abcdef";
    char text[6] = {'\\', escape_of(byte), '0', '0', DIGITS[byte >> 4], DIGITS[byte & 15]};

    buf_add(out, text, text[1] == 'u' ? 6 : 2);
}

static void write_escaped(const char *bytes, size_t length, struct buf *out)
{
    size_t start = 0;

    buf_add_byte(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (!is_plain((unsigned char)bytes[i])) {
            buf_add(out, bytes + start, i - start);
            write_escape((unsigned char)bytes[i], out);
            start = i + 1;
        }
    }
    buf_add(out, bytes + start, length - start);
    buf_add_byte(out, '"');
}

/* Most strings need no escape and are copied in one piece. */
void json_write_string(const char *bytes, size_t length, struct buf *out)
{
    size_t plain = 0;
    char *start;

    while (plain < length && is_plain((unsigned char)bytes[plain])) {
        plain++;
    }
    if (plain < length || length > SIZE_MAX - 2) {
        write_escaped(bytes, length, out);
        return;
    }
    start = buf_extend(out, length + 2);
    if (start) {
        start[0] = '"';
        memcpy(start + 1, bytes, length);
        start[length + 1] = '"';
    }
}

void json_write_int(int64_t number, struct buf *out)
{
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0) {
        *--at = '-';
    }
    buf_add(out, at, (size_t)(digits + sizeof digits - at));
}

void json_write_float(double number, struct buf *out)
{
    char digits[40];

    if (!isfinite(number)) {
        buf_add_text(out, "null"); /* readers refuse it earlier; JSON has no word for it */
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number) {
            break;
        }
    }
    buf_add_text(out, digits);
    if (!strpbrk(digits, ".e")) {
        buf_add(out, ".0", 2);
    }
}

static void write_children(const struct value *value, struct buf *out)
{
    bool is_map = value_kind(value) == VALUE_MAP;

    buf_add_byte(out, is_map ? '{' : '[');
    for (size_t i = 0; i < value_count(value) && !out->is_over; i++) {
        if (i) {
            buf_add_byte(out, ',');
        }
        if (is_map) {
            json_write_string(value_key_at(value, i), strlen(value_key_at(value, i)), out);
            buf_add_byte(out, ':');
        }
        json_write(value_at(value, i), out);
    }
    buf_add_byte(out, is_map ? '}' : ']');
}

void json_write(const struct value *value, struct buf *out)
{
    switch (value_kind(value)) {
    case VALUE_NIL:
        buf_add_text(out, "null");
        break;
    case VALUE_BOOL:
        buf_add_text(out, value_is_true(value) ? "true" : "false");
        break;
    case VALUE_INT:
        json_write_int(value_int(value, 0), out);
        break;
    case VALUE_FLOAT:
        json_write_float(value_float(value, 0), out);
        break;
    case VALUE_STRING:
        json_write_string(value_text(value), value_length(value), out);
        break;
    case VALUE_LIST:
    case VALUE_MAP:
        write_children(value, out);
        break;
    }
}
