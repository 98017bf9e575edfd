/* A tree of plain data (nil, bool, integer, float, string, list, map): what travels in cold paths.
 */
#ifndef DUBAN_VALUE_H
#define DUBAN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind {
    VALUE_NIL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_STRING,
    VALUE_LIST,
    VALUE_MAP
};

struct value;

/* Makers: the caller owns the result and frees it with value_free, unless it is put into a tree. */
struct value *value_new_nil(void);
struct value *value_new_bool(bool is_true);
struct value *value_new_int(int64_t number);
struct value *value_new_float(double number);
struct value *value_new_string(const char *bytes, size_t length);
struct value *value_new_text(const char *text); /* NULL gives nil */
struct value *value_new_list(void);
struct value *value_new_map(void);
struct value *value_copy(const struct value *value);
void value_free(struct value *value); /* the whole tree; accepts NULL */
bool value_is_equal(const struct value *a, const struct value *b);

enum value_kind value_kind(const struct value *value); /* NULL is VALUE_NIL */
bool value_is_true(const struct value *value);         /* VALUE_BOOL true, nothing else */
int64_t value_int(const struct value *value, int64_t otherwise);
double value_float(const struct value *value, double otherwise); /* integers too */
const char *value_text(const struct value *value); /* NUL-terminated; NULL when not a string */
size_t value_length(const struct value *value);    /* bytes of a string */

/* Lists and maps. A map is kept sorted by key bytes; keys are strings. */
size_t value_count(const struct value *value);
const struct value *value_at(const struct value *value, size_t index); /* child; NULL outside */
const char *value_key_at(const struct value *map, size_t index);
const struct value *value_get(const struct value *map, const char *key); /* NULL when absent */
const char *value_get_text(const struct value *map, const char *key);    /* NULL when absent */
int64_t value_get_int(const struct value *map, const char *key, int64_t otherwise);
bool value_get_bool(const struct value *map, const char *key);
/* The tree takes ownership of child. A nil child is kept in lists and removes the key in maps. */
void value_push(struct value *list, struct value *child);
void value_set(struct value *map, const char *key, struct value *child);
void value_set_text(struct value *map, const char *key, const char *text);
void value_set_int(struct value *map, const char *key, int64_t number);
void value_set_bool(struct value *map, const char *key, bool is_true);

#endif
