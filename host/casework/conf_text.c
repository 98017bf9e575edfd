/* The reader of Lua's table form as data. It knows tables, strings, numbers, booleans and comments,
   and nothing that computes, so a configuration can be wrong but never do anything. */
#include "casework/conf_text.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define STRING_LIMIT 4096
#define PATH_LIMIT 512

struct reader {
    const char *name;
    const char *start;
    const char *at;
    const char *end;
    struct value *places;
    struct buf path; /* of the table being read: "roles." */
    struct err *err;
};

/* "line:column" of a place, columns counted in characters. */
static void place_of(const struct reader *reader, const char *at, char *out, size_t size)
{
    int line = 1;
    int column = 1;

    for (const char *c = reader->start; c < at && c < reader->end; c++) {
        if (*c == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*c & 0xc0) != 0x80) {
            column++;
        }
    }
    snprintf(out, size, "%d:%d", line, column);
}

static bool refuse(struct reader *reader, const char *at, const char *sentence)
{
    char place[32];

    place_of(reader, at, place, sizeof place);
    err_set(reader->err, ERR_INVALID, "%s:%s: %s", reader->name, place, sentence);
    return false;
}

static bool is_at(const struct reader *reader, const char *mark)
{
    size_t length = strlen(mark);

    return (size_t)(reader->end - reader->at) >= length && memcmp(reader->at, mark, length) == 0;
}

static void skip_to(struct reader *reader, const char *mark)
{
    while (reader->at < reader->end && !is_at(reader, mark)) {
        reader->at++;
    }
}

static bool skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end) {
        const char *begin = reader->at;

        if (is_at(reader, "--[[")) {
            skip_to(reader, "]]");
            if (reader->at == reader->end) {
                return refuse(
                    reader, begin,
                    SAY("注释没有结束，缺少 ]]", "this comment never ends; ]] is missing"));
            }
            reader->at += 2;
        } else if (is_at(reader, "--")) {
            skip_to(reader, "\n");
        } else if (strchr(" \t\r\n", *reader->at)) {
            reader->at++;
        } else {
            break;
        }
    }
    return true;
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The word that begins here, of letters, digits and underscores; "" when there is none. */
static void peek_word(const struct reader *reader, char *out, size_t size)
{
    size_t length = 0;

    while (reader->at + length < reader->end && length + 1 < size &&
           is_word_byte(reader->at[length])) {
        out[length] = reader->at[length];
        length++;
    }
    out[length] = '\0';
}

static bool read_escape(struct reader *reader, struct buf *out)
{
    static const char FROM[] = "nt\\\"'";
    static const char TO[] = "\n\t\\\"'";
    const char *found;

    if (reader->at + 1 >= reader->end) {
        return refuse(reader, reader->at, SAY("字符串没有结束", "this string never ends"));
    }
    found = strchr(FROM, reader->at[1]);
    if (!found || !*found) {
        return refuse(reader, reader->at,
                      SAY("配置里只能用 \\n \\t \\\\ \\\" \\' 这几种转义",
                          "only the escapes \\n \\t \\\\ \\\" \\' are known here"));
    }
    buf_add_byte(out, (unsigned char)TO[found - FROM]);
    reader->at += 2;
    return true;
}

static bool read_string(struct reader *reader, struct buf *out)
{
    const char *begin = reader->at;
    char quote = *reader->at++;

    while (reader->at < reader->end && *reader->at != quote && *reader->at != '\n') {
        if (*reader->at == '\\') {
            if (!read_escape(reader, out)) {
                return false;
            }
        } else {
            buf_add_byte(out, (unsigned char)*reader->at++);
        }
    }
    if (reader->at == reader->end || *reader->at != quote) {
        return refuse(reader, begin, SAY("字符串没有结束", "this string never ends"));
    }
    reader->at++;
    return !out->is_over || refuse(reader, begin, SAY("字符串太长", "this string is too long"));
}

static bool read_number(struct reader *reader, struct value **out)
{
    char digits[64];
    char *rest = NULL;
    size_t length = 0;

    while (reader->at + length < reader->end && length + 1 < sizeof digits &&
           strchr("+-.0123456789eE", reader->at[length])) {
        digits[length] = reader->at[length];
        length++;
    }
    digits[length] = '\0';
    errno = 0;
    if (strpbrk(digits, ".eE")) {
        double real = strtod(digits, &rest);

        *out = *rest || errno ? NULL : value_new_float(real);
    } else {
        long long number = strtoll(digits, &rest, 10);

        *out = *rest || errno || !length ? NULL : value_new_int(number);
    }
    if (!*out) {
        return refuse(reader, reader->at, SAY("这不是一个数", "this is no number"));
    }
    reader->at += length;
    return true;
}

static bool read_word(struct reader *reader, struct value **out)
{
    char word[64];

    peek_word(reader, word, sizeof word);
    if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
        *out = value_new_bool(word[0] == 't');
        reader->at += strlen(word);
        return true;
    }
    return refuse(reader, reader->at,
                  SAY("这里应是字符串、数、true、false 或表；配置只是数据，不会执行",
                      "a string, number, true, false or table belongs here; the configuration is "
                      "data and never executed"));
}

static bool read_value(struct reader *reader, int depth, struct value **out);

/* The key before a "=": a word or ["text"]. *has_key false (nothing taken) when an item follows. */
static bool read_key(struct reader *reader, struct buf *key, bool *has_key)
{
    const char *begin = reader->at;
    char word[64];

    *has_key = false;
    if (*reader->at == '[') {
        reader->at++;
        if (!skip_blanks(reader)) {
            return false;
        }
        if (reader->at == reader->end || !strchr("\"'", *reader->at)) {
            return refuse(reader, reader->at, SAY("方括号里应是字符串", "a string belongs in []"));
        }
        if (!read_string(reader, key) || !skip_blanks(reader)) {
            return false;
        }
        if (!is_at(reader, "]")) {
            return refuse(reader, reader->at, SAY("这里缺少 ]", "] is missing here"));
        }
        reader->at++;
        *has_key = true;
    } else {
        peek_word(reader, word, sizeof word);
        if (word[0] && !strchr("0123456789", word[0])) {
            reader->at += strlen(word);
            buf_add_text(key, word);
            *has_key = true;
        }
    }
    if (!skip_blanks(reader)) {
        return false;
    }
    if (*has_key && !is_at(reader, "=")) {
        *has_key = false;
        reader->at = begin;
    }
    reader->at += *has_key ? 1 : 0;
    return true;
}

static void note_place(struct reader *reader, const char *at)
{
    char place[32];

    place_of(reader, at, place, sizeof place);
    value_set_text(reader->places, buf_text(&reader->path), place);
}

static bool put_field(struct reader *reader, struct value *table, const char *key, const char *at,
                      int depth)
{
    bool ok = false;
    size_t length = reader->path.length;
    struct value *child = NULL;

    if (value_get(table, key)) {
        return refuse(reader, at, SAY("这个键写了两次", "this key stands twice"));
    }
    if (length) {
        buf_add_byte(&reader->path, '.');
    }
    buf_add_text(&reader->path, key);
    note_place(reader, at);
    if (skip_blanks(reader) && read_value(reader, depth + 1, &child)) {
        value_set(table, key, child);
        ok = true;
    }
    reader->path.length = length;
    if (reader->path.bytes) {
        reader->path.bytes[length] = '\0';
    }
    return ok;
}

static bool read_entry(struct reader *reader, int depth, struct value *map, struct value *list)
{
    bool ok = false;
    bool has_key;
    const char *begin = reader->at;
    struct buf key;
    struct value *child = NULL;

    buf_init(&key, STRING_LIMIT);
    if (!read_key(reader, &key, &has_key)) {
        goto done;
    }
    if ((has_key && value_count(list)) || (!has_key && value_count(map))) {
        refuse(reader, begin,
               SAY("一个表里不能既有键又有无键的项",
                   "a table has either keys or items without, not both"));
        goto done;
    }
    if (has_key) {
        ok = put_field(reader, map, buf_text(&key), begin, depth);
    } else if (read_value(reader, depth + 1, &child)) {
        value_push(list, child);
        ok = true;
    }
done:
    buf_clear(&key);
    return ok;
}

static bool read_table(struct reader *reader, int depth, struct value **out)
{
    const char *begin = reader->at++;
    struct value *map = value_new_map();
    struct value *list = value_new_list();
    bool ok = skip_blanks(reader);
    bool is_closed = false;

    while (ok && !is_closed && reader->at < reader->end) {
        if (is_at(reader, "}")) {
            is_closed = true;
        } else {
            ok = read_entry(reader, depth, map, list) && skip_blanks(reader);
            if (ok && reader->at < reader->end && strchr(",;", *reader->at)) {
                reader->at++;
                ok = skip_blanks(reader);
            } else if (ok && !is_at(reader, "}")) {
                ok = refuse(reader, reader->at,
                            SAY("这里缺少逗号或 }", "a comma or } is missing here"));
            }
        }
    }
    if (ok && !is_closed) {
        ok =
            refuse(reader, begin, SAY("表没有结束，缺少 }", "this table never ends; } is missing"));
    }
    if (ok) {
        reader->at++;
        *out = value_count(list) ? list : map;
    }
    value_free(ok && value_count(list) ? NULL : list);
    value_free(ok && *out == map ? NULL : map);
    return ok;
}

static bool read_value(struct reader *reader, int depth, struct value **out)
{
    bool ok;
    struct buf text;

    if (depth > CONF_TEXT_DEPTH) {
        return refuse(reader, reader->at, SAY("表套得太深", "tables are nested too deep"));
    }
    if (reader->at == reader->end) {
        return refuse(reader, reader->at, SAY("这里缺少值", "a value is missing here"));
    }
    if (*reader->at == '{') {
        return read_table(reader, depth, out);
    }
    if (strchr("-+0123456789", *reader->at)) {
        return read_number(reader, out);
    }
    if (!strchr("\"'", *reader->at)) {
        return read_word(reader, out);
    }
    buf_init(&text, STRING_LIMIT);
    ok = read_string(reader, &text);
    if (ok) {
        *out = value_new_string(buf_text(&text), text.length);
    }
    buf_clear(&text);
    return ok;
}

static bool read_all(struct reader *reader, struct value **out)
{
    char word[64];

    if (!skip_blanks(reader)) {
        return false;
    }
    peek_word(reader, word, sizeof word);
    if (strcmp(word, "return") != 0) {
        return refuse(reader, reader->at,
                      SAY("配置应以 return { 开始", "the configuration begins with return {"));
    }
    reader->at += strlen(word);
    if (!skip_blanks(reader)) {
        return false;
    }
    if (!is_at(reader, "{")) {
        return refuse(reader, reader->at, SAY("return 后面应是 {", "{ belongs after return"));
    }
    if (!read_table(reader, 1, out) || !skip_blanks(reader)) {
        return false;
    }
    if (reader->at != reader->end) {
        return refuse(reader, reader->at,
                      SAY("表后面不能再有内容", "nothing may stand after the table"));
    }
    return true;
}

bool conf_text_parse(const char *name, const char *text, size_t length, struct value **out,
                     struct value **places, struct err *err)
{
    bool ok = false;
    struct value *tree = NULL;
    struct reader reader = {.name = name, .start = text, .at = text, .end = text + length};

    reader.err = err;
    reader.places = value_new_map();
    buf_init(&reader.path, PATH_LIMIT);
    if (!text_is_utf8(text, length)) {
        err_set(err, ERR_INVALID, SAY("%s 不是有效的 UTF-8 文本", "%s is not valid UTF-8 text"),
                name);
        goto done;
    }
    if (is_at(&reader, "\xef\xbb\xbf")) {
        reader.at += 3;
        reader.start += 3;
    }
    if (!read_all(&reader, &tree)) {
        goto done;
    }
    *out = tree;
    *places = reader.places;
    tree = NULL;
    reader.places = NULL;
    ok = true;
done:
    value_free(tree);
    value_free(reader.places);
    buf_clear(&reader.path);
    return ok;
}
