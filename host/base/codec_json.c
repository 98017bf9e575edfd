/* Codec bytes straight to canonical JSON, without a tree between: the facts and snapshot of each
   decision pass here. String keys already come in the order that canonical JSON wants. */
#include "base/codec.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

static bool write_json(struct codec_in *in, struct buf *out, int depth);

static bool write_text(struct codec_in *in, const char *bytes, size_t length, struct buf *out)
{
    if (!text_is_utf8(bytes, length)) {
        return codec_break(in);
    }
    json_write_string(bytes, length, out);
    return true;
}

/* Whether a tree keeps to what JSON can say. */
static bool is_sayable(const struct value *value)
{
    if (value_kind(value) == VALUE_FLOAT) {
        return isfinite(value_float(value, 0));
    }
    if (value_kind(value) == VALUE_STRING) {
        return text_is_utf8(value_text(value), value_length(value));
    }
    for (size_t i = 0; i < value_count(value); i++) {
        const char *key = value_key_at(value, i);

        if ((key && !text_is_utf8(key, strlen(key))) || !is_sayable(value_at(value, i))) {
            return false;
        }
    }
    return true;
}

static int depth_of(const struct value *value)
{
    int deepest = 0;

    if (value_kind(value) != VALUE_LIST && value_kind(value) != VALUE_MAP) {
        return 0;
    }
    for (size_t i = 0; i < value_count(value); i++) {
        int depth = depth_of(value_at(value, i));

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

/* Integer keys sort as numbers there and as text here, and may collide with strings: rare enough
   for a tree to sort it out. */
static bool write_by_tree(struct codec_in *in, struct buf *out, int depth)
{
    struct value *value;
    bool is_good;

    if (!codec_get_value(in, &value)) {
        return false;
    }
    /* The tree counts its depth from here, the message from further out. */
    is_good = is_sayable(value) && depth + depth_of(value) <= CODEC_DEPTH;
    if (is_good) {
        json_write(value, out);
    }
    value_free(value);
    return is_good || codec_break(in);
}

static bool write_map(struct codec_in *in, struct buf *out, int depth)
{
    struct codec_in start = *in;
    struct codec_key key = {0};
    bool is_first = true;
    size_t count;

    if (!codec_get_map(in, &count)) {
        return false;
    }
    if (count && codec_peek(in) == CODEC_INT) {
        *in = start;
        return write_by_tree(in, out, depth);
    }
    buf_add_byte(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (!codec_get_key(in, &key)) {
            return false;
        }
        if (codec_peek(in) == CODEC_NIL) {
            if (!codec_get_nil(in) || !text_is_utf8(key.bytes, key.length)) {
                return codec_break(in);
            }
            continue; /* trees keep no nil in a map, and both ways must hash alike */
        }
        if (!is_first) {
            buf_add_byte(out, ',');
        }
        is_first = false;
        if (!write_text(in, key.bytes, key.length, out)) {
            return false;
        }
        buf_add_byte(out, ':');
        if (!write_json(in, out, depth + 1)) {
            return false;
        }
    }
    buf_add_byte(out, '}');
    return true;
}

static bool write_list(struct codec_in *in, struct buf *out, int depth)
{
    size_t count;

    if (!codec_get_list(in, &count)) {
        return false;
    }
    buf_add_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) {
            buf_add_byte(out, ',');
        }
        if (!write_json(in, out, depth + 1)) {
            return false;
        }
    }
    buf_add_byte(out, ']');
    return true;
}

static bool write_scalar(struct codec_in *in, struct buf *out)
{
    const char *bytes;
    size_t length;
    int64_t number;
    double real;

    switch (codec_peek(in)) {
    case CODEC_FALSE:
        buf_add(out, "false", 5);
        return codec_skip(in, NULL, NULL);
    case CODEC_TRUE:
        buf_add(out, "true", 4);
        return codec_skip(in, NULL, NULL);
    case CODEC_INT:
        if (codec_get_int(in, &number)) {
            json_write_int(number, out);
        }
        break;
    case CODEC_FLOAT:
        if (codec_get_float(in, &real) && (isfinite(real) || codec_break(in))) {
            json_write_float(real, out);
        }
        break;
    case CODEC_STRING:
        return codec_get_string(in, &bytes, &length) && write_text(in, bytes, length, out);
    default:
        if (codec_get_nil(in)) {
            buf_add(out, "null", 4);
        }
        break;
    }
    return codec_is_good(in);
}

static bool write_json(struct codec_in *in, struct buf *out, int depth)
{
    enum codec_tag tag = codec_peek(in);

    if (tag != CODEC_LIST && tag != CODEC_MAP) {
        return write_scalar(in, out);
    }
    if (depth >= CODEC_DEPTH) {
        return codec_break(in);
    }
    return tag == CODEC_MAP ? write_map(in, out, depth) : write_list(in, out, depth);
}

bool codec_get_json(struct codec_in *in, struct buf *out)
{
    return write_json(in, out, 0);
}
