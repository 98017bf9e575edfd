/* A tree of plain data. Maps are sorted arrays: they are small, printed in order, and searched by
   halves. */
#include "base/value.h"

#include <string.h>

#include "base/mem.h"

struct value {
    enum value_kind kind;
    size_t count; /* of children, or bytes of a string */
    size_t room;
    union {
        bool is_true;
        int64_t number;
        double real;
        char *text;
        struct value **children;
    } as;
    char **keys; /* of a map, beside its children */
};

static struct value *new_of(enum value_kind kind)
{
    struct value *value = mem_new(sizeof *value);

    value->kind = kind;
    return value;
}

struct value *value_new_nil(void)
{
    return new_of(VALUE_NIL);
}

struct value *value_new_bool(bool is_true)
{
    struct value *value = new_of(VALUE_BOOL);

    value->as.is_true = is_true;
    return value;
}

struct value *value_new_int(int64_t number)
{
    struct value *value = new_of(VALUE_INT);

    value->as.number = number;
    return value;
}

struct value *value_new_float(double number)
{
    struct value *value = new_of(VALUE_FLOAT);

    value->as.real = number;
    return value;
}

/* The text stands behind its value in the same block: most nodes of most trees are texts. */
struct value *value_new_string(const char *bytes, size_t length)
{
    struct value *value = mem_new(sizeof *value + length + 1);

    value->kind = VALUE_STRING;
    value->as.text = (char *)(value + 1);
    value->count = length;
    if (length > 0) {
        memcpy(value->as.text, bytes, length);
    }
    return value;
}

struct value *value_new_text(const char *text)
{
    return text ? value_new_string(text, strlen(text)) : value_new_nil();
}

struct value *value_new_list(void)
{
    return new_of(VALUE_LIST);
}

struct value *value_new_map(void)
{
    return new_of(VALUE_MAP);
}

static bool has_children(const struct value *value)
{
    return value && (value->kind == VALUE_LIST || value->kind == VALUE_MAP);
}

struct value *value_copy(const struct value *value)
{
    struct value *copy;

    if (!has_children(value)) {
        if (value && value->kind == VALUE_STRING) {
            return value_new_string(value->as.text, value->count);
        }
        copy = value_new_nil();
        if (value) {
            *copy = *value;
        }
        return copy;
    }
    copy = new_of(value->kind);
    for (size_t i = 0; i < value->count; i++) {
        if (value->kind == VALUE_MAP) {
            value_set(copy, value->keys[i], value_copy(value->as.children[i]));
        } else {
            value_push(copy, value_copy(value->as.children[i]));
        }
    }
    return copy;
}

void value_free(struct value *value)
{
    if (!value) {
        return;
    }
    if (has_children(value)) {
        for (size_t i = 0; i < value->count; i++) {
            value_free(value->as.children[i]);
            mem_free(value->kind == VALUE_MAP ? value->keys[i] : NULL);
        }
        mem_free(value->as.children);
        mem_free(value->keys);
    }
    mem_free(value);
}

static bool are_children_equal(const struct value *a, const struct value *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->kind == VALUE_MAP && strcmp(a->keys[i], b->keys[i]) != 0) {
            return false;
        }
        if (!value_is_equal(a->as.children[i], b->as.children[i])) {
            return false;
        }
    }
    return true;
}

bool value_is_equal(const struct value *a, const struct value *b)
{
    if (value_kind(a) != value_kind(b)) {
        return false;
    }
    switch (value_kind(a)) {
    case VALUE_NIL:
        return true;
    case VALUE_BOOL:
        return a->as.is_true == b->as.is_true;
    case VALUE_INT:
        return a->as.number == b->as.number;
    case VALUE_FLOAT:
        return a->as.real == b->as.real;
    case VALUE_STRING:
        return a->count == b->count && memcmp(a->as.text, b->as.text, a->count) == 0;
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return are_children_equal(a, b);
}

enum value_kind value_kind(const struct value *value)
{
    return value ? value->kind : VALUE_NIL;
}

bool value_is_true(const struct value *value)
{
    return value_kind(value) == VALUE_BOOL && value->as.is_true;
}

int64_t value_int(const struct value *value, int64_t otherwise)
{
    return value_kind(value) == VALUE_INT ? value->as.number : otherwise;
}

double value_float(const struct value *value, double otherwise)
{
    if (value_kind(value) == VALUE_INT) {
        return (double)value->as.number;
    }
    return value_kind(value) == VALUE_FLOAT ? value->as.real : otherwise;
}

const char *value_text(const struct value *value)
{
    return value_kind(value) == VALUE_STRING ? value->as.text : NULL;
}

size_t value_length(const struct value *value)
{
    return value_kind(value) == VALUE_STRING ? value->count : 0;
}

size_t value_count(const struct value *value)
{
    return has_children(value) ? value->count : 0;
}

const struct value *value_at(const struct value *value, size_t index)
{
    return index < value_count(value) ? value->as.children[index] : NULL;
}

const char *value_key_at(const struct value *map, size_t index)
{
    return value_kind(map) == VALUE_MAP && index < map->count ? map->keys[index] : NULL;
}

/* Where key is, or where it would stand. Keys mostly arrive in order, so the end is tried first. */
static size_t find_key(const struct value *map, const char *key, bool *is_there)
{
    size_t low = 0;
    size_t high = map->count;

    *is_there = false;
    if (high && strcmp(map->keys[high - 1], key) < 0) {
        return high;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(map->keys[middle], key);

        if (order == 0) {
            *is_there = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct value *value_get(const struct value *map, const char *key)
{
    bool is_there = false;
    size_t index;

    if (value_kind(map) != VALUE_MAP) {
        return NULL;
    }
    index = find_key(map, key, &is_there);
    return is_there ? map->as.children[index] : NULL;
}

const char *value_get_text(const struct value *map, const char *key)
{
    return value_text(value_get(map, key));
}

int64_t value_get_int(const struct value *map, const char *key, int64_t otherwise)
{
    return value_int(value_get(map, key), otherwise);
}

bool value_get_bool(const struct value *map, const char *key)
{
    return value_is_true(value_get(map, key));
}

static void make_room(struct value *value)
{
    if (value->count < value->room) {
        return;
    }
    value->room = value->room ? value->room * 2 : 4;
    value->as.children = mem_resize(value->as.children, value->room * sizeof(struct value *));
    if (value->kind == VALUE_MAP) {
        value->keys = mem_resize(value->keys, value->room * sizeof *value->keys);
    }
}

void value_push(struct value *list, struct value *child)
{
    if (value_kind(list) != VALUE_LIST) {
        value_free(child); /* a misuse must not leak what was handed over */
        return;
    }
    make_room(list);
    list->as.children[list->count++] = child ? child : value_new_nil();
}

static void remove_at(struct value *map, size_t index)
{
    size_t after = map->count - index - 1;

    value_free(map->as.children[index]);
    mem_free(map->keys[index]);
    memmove(map->as.children + index, map->as.children + index + 1, after * sizeof(struct value *));
    memmove(map->keys + index, map->keys + index + 1, after * sizeof *map->keys);
    map->count--;
}

static void insert_at(struct value *map, size_t index, const char *key, struct value *child)
{
    size_t after = map->count - index;

    make_room(map);
    memmove(map->as.children + index + 1, map->as.children + index, after * sizeof(struct value *));
    memmove(map->keys + index + 1, map->keys + index, after * sizeof *map->keys);
    map->as.children[index] = child;
    map->keys[index] = mem_text(key);
    map->count++;
}

void value_set(struct value *map, const char *key, struct value *child)
{
    bool is_there = false;
    size_t index;

    if (value_kind(map) != VALUE_MAP) {
        value_free(child);
        return;
    }
    index = find_key(map, key, &is_there);
    if (value_kind(child) == VALUE_NIL) {
        value_free(child);
        if (is_there) {
            remove_at(map, index);
        }
    } else if (is_there) {
        value_free(map->as.children[index]);
        map->as.children[index] = child;
    } else {
        insert_at(map, index, key, child);
    }
}

void value_set_text(struct value *map, const char *key, const char *text)
{
    value_set(map, key, value_new_text(text));
}

void value_set_int(struct value *map, const char *key, int64_t number)
{
    value_set(map, key, value_new_int(number));
}

void value_set_bool(struct value *map, const char *key, bool is_true)
{
    value_set(map, key, value_new_bool(is_true));
}
