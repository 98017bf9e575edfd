/* A stable sort for lists, in place of the stock one, whose pivot depends on the clock. */
#ifndef DUBAN_SORT_H
#define DUBAN_SORT_H

struct lua_State;

/* Sorts the list at index 1 by the function at index 2, or by < when that is nil. Raises what they
 * raise. */
void sort_list(struct lua_State *L);

#endif
