/* Forms as people hand them in. Nothing is interpreted here: what a field means is asked of the
 * workflow. */
#include "cli/form.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/args.h"
#include "serve/keeper.h"

bool form_is_field(const char *operand)
{
    const char *sign = strchr(operand, '=');

    return sign && sign != operand;
}

bool form_refuse_classified(struct house *house, const char *label, const char *text,
                            const char *where, struct err *err)
{
    struct buf labelled;
    bool is_classified = false;

    if (house->site && house->site->conf.is_accredited) {
        return true;
    }
    is_classified = text_is_classified(text);
    if (!is_classified && label && strlen(text) < 64) {
        buf_init(&labelled, 1024);
        buf_add_format(&labelled, "%s：%s", label, text);
        is_classified = text_is_classified(buf_text(&labelled));
        buf_clear(&labelled);
    }
    if (is_classified) {
        err_set(err, ERR_DENIED,
                SAY("%s 带有密级标志，本系统未经保密认证，不予接收",
                    "%s carries a secrecy mark, and this site is not accredited"),
                where);
    }
    return !is_classified;
}

/* The same for every text in a tree. */
static bool refuse_tree(struct house *house, const char *label, const struct value *tree,
                        struct err *err)
{
    const char *text = value_text(tree);
    bool is_map = value_kind(tree) == VALUE_MAP;

    if (text) {
        return form_refuse_classified(house, label, text,
                                      label ? label : SAY("内容", "the content"), err);
    }
    if (!is_map && value_kind(tree) != VALUE_LIST) {
        return true;
    }
    for (size_t i = 0; i < value_count(tree); i++) {
        if (!refuse_tree(house, is_map ? value_key_at(tree, i) : label, value_at(tree, i), err)) {
            return false;
        }
    }
    return true;
}

/* The object in --input, an empty map without. */
static bool read_input(const struct house *house, const char *path, struct value **out,
                       struct err *err)
{
    struct value *map = NULL;
    struct buf bytes;
    size_t skip;
    bool ok = false;

    if (!path) {
        *out = value_new_map();
        return true;
    }
    buf_init(&bytes, FORM_FILE_LIMIT + 1);
    if (!house_file(house, path, FORM_FILE_LIMIT, &bytes, err)) {
        goto done;
    }
    if (!text_is_utf8(bytes.bytes, bytes.length)) {
        err_set(err, ERR_INVALID, SAY("%s 不是 UTF-8 文本", "%s is not valid UTF-8"), path);
        goto done;
    }
    skip = bytes.length >= 3 && memcmp(bytes.bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (!json_parse(buf_text(&bytes) + skip, bytes.length - skip, &map, err)) {
        err_add(err, "%s", path);
        goto done;
    }
    if (value_kind(map) != VALUE_MAP) {
        err_set(
            err, ERR_INVALID,
            SAY("%s：应是一个 JSON 对象，字段名对应值", "%s: a JSON object of fields is expected"),
            path);
        goto done;
    }
    *out = map;
    map = NULL;
    ok = true;
done:
    value_free(map);
    buf_clear(&bytes);
    return ok;
}

/* Puts one more value under a field: the second makes a list; attachments are always a list. */
static void put(struct value *map, const char *name, struct value *value, bool is_file)
{
    const struct value *old = value_get(map, name);
    struct value *list;

    if (!old && !is_file) {
        value_set(map, name, value);
        return;
    }
    if (value_kind(old) == VALUE_LIST) {
        list = value_copy(old);
    } else {
        list = value_new_list();
        if (old) {
            value_push(list, value_copy(old));
        }
    }
    value_push(list, value);
    value_set(map, name, list);
}

static bool read_field(struct house *house, const char *operand, struct value *operands,
                       struct err *err)
{
    char *name = NULL;
    const char *text = NULL;
    const char *path;
    struct value *value = NULL;
    bool ok = false;

    if (!args_field(operand, &name, &text, err)) {
        return false;
    }
    if (!text_is_utf8(text, strlen(text))) {
        err_set(err, ERR_INVALID,
                SAY("字段 %s 的内容不是有效的 UTF-8", "the value of %s is not valid UTF-8"), name);
        goto done;
    }
    path = args_attached(text);
    if (path) {
        if (!form_refuse_classified(house, NULL, path, path, err) ||
            !house_attach(house, path, &value, err)) {
            goto done;
        }
    } else {
        value = value_new_text(args_plain(text));
    }
    put(operands, name, value, path != NULL);
    ok = true;
done:
    mem_free(name);
    return ok;
}

bool form_read(struct house *house, const struct args *args, size_t first, struct value **out,
               struct err *err)
{
    struct value *map = NULL;
    struct value *operands = value_new_map();
    bool ok = false;

    if (!read_input(house, args_get(args, "input"), &map, err)) {
        goto done;
    }
    for (size_t i = first; i < args->operand_count; i++) {
        if (!read_field(house, args_operand(args, i), operands, err)) {
            goto done;
        }
    }
    for (size_t i = 0; i < value_count(operands); i++) {
        value_set(map, value_key_at(operands, i), value_copy(value_at(operands, i)));
    }
    if (!refuse_tree(house, NULL, map, err)) {
        goto done;
    }
    *out = map;
    map = NULL;
    ok = true;
done:
    value_free(operands);
    value_free(map);
    return ok;
}

bool form_occurred(const struct args *args, int64_t *day, struct err *err)
{
    const char *text = args_get(args, "occurred");
    int64_t instant;

    if (!text) {
        *day = KEEPER_NO_DAY;
        return true;
    }
    if (!clock_parse_instant(text, &instant, NULL)) {
        return clock_parse_day(text, day, err);
    }
    *day = clock_day(instant);
    return true;
}
