/* The limits of a worker's script: what ends the process, and the last sentence it says about it.
   Ending is the point: an error could be swallowed by the script's pcall. */
#ifndef DUBAN_GUARD_H
#define DUBAN_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

#define GUARD_EXIT 3 /* the exit code of a worker that reported a fault */

struct lua_State;
struct state;
struct guard;

struct guard_limits {
    int64_t cpu_ms; /* CPU time between two guard_begin */
    size_t memory;  /* bytes that Lua may hold beyond what it holds now */
    size_t output;  /* bytes that leave the process between two guard_begin */
};

/* Puts the limits on the state for the rest of the process; faults are written to fd. One in a
   process: the timer's signal can know only one. */
struct guard *guard_start(struct state *state, const struct guard_limits *limits, int fd);
int guard_fd(const struct guard *guard);
size_t guard_output(const struct guard *guard);
/* Counts bytes that leave; above the limit since guard_begin the process ends with the fault
 * "output". */
void guard_spend(struct guard *guard, size_t bytes, struct lua_State *L);
/* A new item begins: its CPU budget is whole again. */
void guard_begin(struct guard *guard);
/* Time is watched only while Lua runs; pause returns what resume needs to restore. */
int guard_pause(struct guard *guard);
void guard_resume(struct guard *guard, int was_watching);
/* The coroutine that runs now, so that the fault names its line; returns the one before. */
struct lua_State *guard_enter(struct guard *guard, struct lua_State *running);
/* Writes the frame { fault = { kind, text, file, line } } and ends the process. L may be NULL. */
NO_RETURN void guard_stop(struct guard *guard, const char *kind, struct lua_State *L,
                          const char *detail);
/* Ends the process without a word: the keeper is gone. */
NO_RETURN void guard_leave(void);

#endif
