/* The keys of a table in the one order the house knows: integers ascending, then strings bytewise.
 */
#ifndef DUBAN_KEYS_H
#define DUBAN_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lua_State;

struct key {
    uint64_t prefix;  /* the first eight bytes, so that most comparisons are one */
    const char *text; /* NULL for an integer; borrowed from the table */
    size_t length;
    int64_t number;
    int slot; /* the caller's own */
};

/* Fills key from the integer or string at index; false for any other type. */
bool key_read(struct lua_State *L, int index, struct key *key);
void keys_sort(struct key *keys, size_t count);
/* Pushes the key itself. */
void key_push(struct lua_State *L, const struct key *key);
/* Pushes a list of the keys of the table at index, in order, and gives its length. Floats and
   booleans stand behind the strings; raises when several keys have no order (tables, functions). */
size_t keys_push_all(struct lua_State *L, int index);

#endif
