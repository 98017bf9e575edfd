/* Reads the one binary form of pipe and snapshot. The bytes may come from a worker that an office's
   script took over: every length is checked against what is left, depth and order on every way, and
   a cursor that failed once stays broken. */
#include "base/codec.h"

#include <math.h>
#include <string.h>

void codec_begin(struct codec_in *in, const void *bytes, size_t length)
{
    in->at = bytes;
    in->end = length ? in->at + length : in->at;
    in->is_broken = false;
}

bool codec_is_good(const struct codec_in *in)
{
    return !in->is_broken;
}

bool codec_is_done(const struct codec_in *in)
{
    return !in->is_broken && in->at == in->end;
}

bool codec_break(struct codec_in *in)
{
    in->is_broken = true;
    in->at = in->end;
    return false;
}

enum codec_tag codec_peek(const struct codec_in *in)
{
    if (in->is_broken || in->at == in->end || *in->at > CODEC_MAP) {
        return CODEC_NIL;
    }
    return (enum codec_tag) * in->at;
}

static size_t left(const struct codec_in *in)
{
    return (size_t)(in->end - in->at);
}

static bool take_tag(struct codec_in *in, enum codec_tag tag)
{
    if (in->is_broken || in->at == in->end || *in->at != tag) {
        return codec_break(in);
    }
    in->at++;
    return true;
}

/* Shortest form only: the last byte of several may not be empty, the tenth holds one bit. */
static bool take_varint(struct codec_in *in, uint64_t *out)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 70; shift += 7) {
        unsigned char byte;

        if (in->at == in->end) {
            return codec_break(in);
        }
        byte = *in->at++;
        if (shift == 63 && byte > 1) {
            return codec_break(in);
        }
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift) {
                return codec_break(in);
            }
            *out = number;
            return true;
        }
    }
    return codec_break(in);
}

bool codec_get_nil(struct codec_in *in)
{
    return take_tag(in, CODEC_NIL);
}

bool codec_get_bool(struct codec_in *in, bool *out)
{
    bool is_true = codec_peek(in) == CODEC_TRUE;

    if (!take_tag(in, is_true ? CODEC_TRUE : CODEC_FALSE)) {
        return false;
    }
    *out = is_true;
    return true;
}

static int64_t unzigzag(uint64_t number)
{
    /* Negative numbers are spelled out: converting a large unsigned one is the compiler's choice in
       C11. */
    return number & 1 ? -1 - (int64_t)(number >> 1) : (int64_t)(number >> 1);
}

bool codec_get_int(struct codec_in *in, int64_t *out)
{
    uint64_t number;

    if (!take_tag(in, CODEC_INT) || !take_varint(in, &number)) {
        return false;
    }
    *out = unzigzag(number);
    return true;
}

bool codec_get_float(struct codec_in *in, double *out)
{
    uint64_t bits = 0;
    double number;

    if (!take_tag(in, CODEC_FLOAT)) {
        return false;
    }
    if (left(in) < sizeof bits) {
        return codec_break(in);
    }
    for (int i = 0; i < 8; i++) {
        bits |= (uint64_t)in->at[i] << (8 * i);
    }
    memcpy(&number, &bits, sizeof number);
    if (isnan(number)) {
        return codec_break(in);
    }
    in->at += sizeof bits;
    *out = number;
    return true;
}

bool codec_get_string(struct codec_in *in, const char **bytes, size_t *length)
{
    uint64_t size;

    if (!take_tag(in, CODEC_STRING) || !take_varint(in, &size)) {
        return false;
    }
    if (size > left(in)) {
        return codec_break(in);
    }
    *bytes = (const char *)in->at;
    *length = (size_t)size;
    in->at += size;
    return true;
}

/* Each child takes at least `least` bytes, so a count that cannot be true is refused at once. */
static bool take_count(struct codec_in *in, enum codec_tag tag, size_t least, size_t *count)
{
    uint64_t number;

    if (!take_tag(in, tag) || !take_varint(in, &number)) {
        return false;
    }
    if (number > left(in) / least) {
        return codec_break(in);
    }
    *count = (size_t)number;
    return true;
}

bool codec_get_list(struct codec_in *in, size_t *count)
{
    return take_count(in, CODEC_LIST, 1, count);
}

bool codec_get_map(struct codec_in *in, size_t *count)
{
    return take_count(in, CODEC_MAP, 3, count);
}

static bool is_greater(const struct codec_key *key, const struct codec_key *last)
{
    size_t shorter = key->length < last->length ? key->length : last->length;
    int order;

    if (!key->bytes || !last->bytes) {
        return key->bytes ? true : !last->bytes && key->number > last->number;
    }
    order = memcmp(key->bytes, last->bytes, shorter);
    return order ? order > 0 : key->length > last->length;
}

bool codec_get_key(struct codec_in *in, struct codec_key *last)
{
    struct codec_key key = {.is_any = true};
    bool is_number = codec_peek(in) == CODEC_INT;
    bool is_good =
        is_number ? codec_get_int(in, &key.number) : codec_get_string(in, &key.bytes, &key.length);

    if (!is_good || (last->is_any && !is_greater(&key, last))) {
        return codec_break(in);
    }
    *last = key;
    return true;
}

static bool skip(struct codec_in *in, int depth);

static bool skip_children(struct codec_in *in, int depth)
{
    bool is_map = codec_peek(in) == CODEC_MAP;
    struct codec_key key = {0};
    size_t count;

    if (depth >= CODEC_DEPTH) {
        return codec_break(in);
    }
    if (!(is_map ? codec_get_map(in, &count) : codec_get_list(in, &count))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if ((is_map && !codec_get_key(in, &key)) || !skip(in, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool skip(struct codec_in *in, int depth)
{
    const char *bytes;
    size_t length;
    int64_t number;
    double real;

    switch (codec_peek(in)) {
    case CODEC_NIL:
        return codec_get_nil(in); /* also the way out for a tag nobody knows */
    case CODEC_FALSE:
    case CODEC_TRUE:
        in->at++;
        return true;
    case CODEC_INT:
        return codec_get_int(in, &number);
    case CODEC_FLOAT:
        return codec_get_float(in, &real);
    case CODEC_STRING:
        return codec_get_string(in, &bytes, &length);
    case CODEC_LIST:
    case CODEC_MAP:
        break;
    }
    return skip_children(in, depth);
}

bool codec_skip(struct codec_in *in, const void **start, size_t *length)
{
    const unsigned char *from = in->at;

    if (!skip(in, 0)) {
        return false;
    }
    if (start) {
        *start = from;
    }
    if (length) {
        *length = (size_t)(in->at - from);
    }
    return true;
}
