/* Lua values to codec bytes and back: the hot path between keeper and worker. */
#ifndef DUBAN_CONVERT_H
#define DUBAN_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct lua_State;

/* Appends the value at index. Reads raw, so no metamethod runs. Tables whose keys are 1..n are
   lists, also the empty table; other keys are integers and strings. ERR_INVALID for functions and
   the like, NaN, other keys and a depth over 64; also when out is over its ceiling. May raise only
   for want of memory or Lua stack. */
MUST_USE bool convert_encode(struct lua_State *L, int index, struct buf *out, struct err *err);
/* Pushes the one value that the bytes hold; on failure nothing. The bytes are treated as hostile.
 */
MUST_USE bool convert_decode(struct lua_State *L, const void *bytes, size_t length,
                             struct err *err);

#endif
