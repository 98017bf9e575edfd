/* Writes the one binary form of pipe and snapshot. Each value asks its buffer for room once. */
#include "base/codec.h"

#include <math.h>
#include <string.h>

#define VARINT_MAX 10

static size_t put_varint(unsigned char *at, uint64_t number)
{
    size_t size = 0;

    while (number >= 0x80) {
        at[size++] = (unsigned char)(number | 0x80);
        number >>= 7;
    }
    at[size++] = (unsigned char)number;
    return size;
}

static void put_tagged(struct buf *out, enum codec_tag tag, uint64_t number)
{
    unsigned char bytes[1 + VARINT_MAX];

    bytes[0] = (unsigned char)tag;
    buf_add(out, bytes, 1 + put_varint(bytes + 1, number));
}

void codec_put_nil(struct buf *out)
{
    buf_add_byte(out, CODEC_NIL);
}

void codec_put_bool(struct buf *out, bool is_true)
{
    buf_add_byte(out, is_true ? CODEC_TRUE : CODEC_FALSE);
}

void codec_put_int(struct buf *out, int64_t number)
{
    uint64_t bits = (uint64_t)number;

    put_tagged(out, CODEC_INT, bits << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

void codec_put_float(struct buf *out, double number)
{
    unsigned char bytes[9] = {CODEC_FLOAT};
    uint64_t bits;

    if (isnan(number)) {
        out->is_over = true; /* the only failure a writer has */
        return;
    }
    memcpy(&bits, &number, sizeof bits);
    for (int i = 0; i < 8; i++) {
        bytes[1 + i] = (unsigned char)(bits >> (8 * i));
    }
    buf_add(out, bytes, sizeof bytes);
}

void codec_put_string(struct buf *out, const char *bytes, size_t length)
{
    unsigned char head[1 + VARINT_MAX] = {CODEC_STRING};
    size_t size = 1 + put_varint(head + 1, length);
    char *start = length < SIZE_MAX - sizeof head ? buf_extend(out, size + length) : NULL;

    if (!start) {
        out->is_over = true;
        return;
    }
    memcpy(start, head, size);
    if (length) {
        memcpy(start + size, bytes, length);
    }
}

void codec_put_text(struct buf *out, const char *text)
{
    if (text) {
        codec_put_string(out, text, strlen(text));
    } else {
        codec_put_nil(out);
    }
}

void codec_put_list(struct buf *out, size_t count)
{
    put_tagged(out, CODEC_LIST, count);
}

void codec_put_map(struct buf *out, size_t count)
{
    put_tagged(out, CODEC_MAP, count);
}

static void put_children(struct buf *out, const struct value *value)
{
    bool is_map = value_kind(value) == VALUE_MAP;

    put_tagged(out, is_map ? CODEC_MAP : CODEC_LIST, value_count(value));
    for (size_t i = 0; i < value_count(value) && !out->is_over; i++) {
        if (is_map) {
            codec_put_text(out, value_key_at(value, i));
        }
        codec_put_value(out, value_at(value, i));
    }
}

void codec_put_value(struct buf *out, const struct value *value)
{
    switch (value_kind(value)) {
    case VALUE_NIL:
        codec_put_nil(out);
        break;
    case VALUE_BOOL:
        codec_put_bool(out, value_is_true(value));
        break;
    case VALUE_INT:
        codec_put_int(out, value_int(value, 0));
        break;
    case VALUE_FLOAT:
        codec_put_float(out, value_float(value, 0));
        break;
    case VALUE_STRING:
        codec_put_string(out, value_text(value), value_length(value));
        break;
    case VALUE_LIST:
    case VALUE_MAP:
        put_children(out, value);
        break;
    }
}
