/* Codec bytes to a tree of values: cold paths that look at a message from many sides. */
#include "base/codec.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

/* A tree costs some fifty bytes for each byte that arrives, hence its own ceiling. */
#define TREE_NODES (1u << 20)

struct pair {
    char *key;
    struct value *child;
};

struct pairs {
    struct pair *items;
    size_t count;
    size_t room;
};

static struct value *read_tree(struct codec_in *in, int depth, size_t *nodes);

/* The key as a C string, which the caller frees; NULL when it holds a NUL. */
static char *key_text(const struct codec_key *key)
{
    struct buf digits;
    char *text;

    if (key->bytes) {
        return memchr(key->bytes, '\0', key->length) ? NULL : mem_text_n(key->bytes, key->length);
    }
    buf_init(&digits, 32);
    json_write_int(key->number, &digits);
    text = mem_text(buf_text(&digits));
    buf_clear(&digits);
    return text;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *left = a;
    const struct pair *right = b;

    return strcmp(left->key, right->key);
}

static void add_pair(struct pairs *pairs, char *key, struct value *child)
{
    if (pairs->count == pairs->room) {
        pairs->room = pairs->room ? pairs->room * 2 : 8;
        pairs->items = mem_resize(pairs->items, pairs->room * sizeof *pairs->items);
    }
    pairs->items[pairs->count++] = (struct pair){key, child};
}

static void clear_pairs(struct pairs *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        mem_free(pairs->items[i].key);
        value_free(pairs->items[i].child);
    }
    mem_free(pairs->items);
}

static bool read_pairs(struct codec_in *in, int depth, size_t *nodes, struct pairs *pairs)
{
    struct codec_key key = {0};
    size_t count;

    if (!codec_get_map(in, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct value *child = codec_get_key(in, &key) ? read_tree(in, depth + 1, nodes) : NULL;
        char *text = child ? key_text(&key) : NULL;

        if (!text) {
            value_free(child);
            return codec_break(in);
        }
        add_pair(pairs, text, child);
    }
    return true;
}

/* Integer keys sort as numbers there and as text here. They are sorted before they enter the map,
   which would otherwise move its tail for each of them. */
static struct value *read_map(struct codec_in *in, int depth, size_t *nodes)
{
    struct pairs pairs = {0};
    struct value *map = NULL;

    if (!read_pairs(in, depth, nodes, &pairs)) {
        goto done;
    }
    if (pairs.count) {
        qsort(pairs.items, pairs.count, sizeof *pairs.items, compare_pairs);
    }
    for (size_t i = 1; i < pairs.count; i++) {
        if (strcmp(pairs.items[i - 1].key, pairs.items[i].key) == 0) {
            codec_break(in);
            goto done;
        }
    }
    map = value_new_map();
    for (size_t i = 0; i < pairs.count; i++) {
        value_set(map, pairs.items[i].key, pairs.items[i].child);
        pairs.items[i].child = NULL; /* the map owns it now */
    }
done:
    clear_pairs(&pairs);
    return map;
}

static struct value *read_list(struct codec_in *in, int depth, size_t *nodes)
{
    struct value *list;
    size_t count;

    if (!codec_get_list(in, &count)) {
        return NULL;
    }
    list = value_new_list();
    for (size_t i = 0; i < count; i++) {
        struct value *child = read_tree(in, depth + 1, nodes);

        if (!child) {
            value_free(list);
            return NULL;
        }
        value_push(list, child);
    }
    return list;
}

static struct value *read_scalar(struct codec_in *in)
{
    const char *bytes;
    size_t length;
    int64_t number;
    double real;
    bool is_true;

    switch (codec_peek(in)) {
    case CODEC_FALSE:
    case CODEC_TRUE:
        return codec_get_bool(in, &is_true) ? value_new_bool(is_true) : NULL;
    case CODEC_INT:
        return codec_get_int(in, &number) ? value_new_int(number) : NULL;
    case CODEC_FLOAT:
        return codec_get_float(in, &real) ? value_new_float(real) : NULL;
    case CODEC_STRING:
        return codec_get_string(in, &bytes, &length) ? value_new_string(bytes, length) : NULL;
    default:
        return codec_get_nil(in) ? value_new_nil() : NULL; /* an unknown tag breaks the cursor */
    }
}

static struct value *read_tree(struct codec_in *in, int depth, size_t *nodes)
{
    enum codec_tag tag = codec_peek(in);
    bool has_children = tag == CODEC_LIST || tag == CODEC_MAP;

    if (++*nodes > TREE_NODES || (has_children && depth >= CODEC_DEPTH)) {
        codec_break(in);
        return NULL;
    }
    if (!has_children) {
        return read_scalar(in);
    }
    return tag == CODEC_MAP ? read_map(in, depth, nodes) : read_list(in, depth, nodes);
}

bool codec_get_value(struct codec_in *in, struct value **out)
{
    size_t nodes = 0;
    struct value *value = read_tree(in, 0, &nodes);

    if (!value) {
        return false;
    }
    *out = value;
    return true;
}
