/* The trusted interpreter: duban lua FILE [ARG…]. */
#ifndef DUBAN_RUN_LUA_H
#define DUBAN_RUN_LUA_H

#include "script/trial.h"

struct run_lua_options {
    const char *library;           /* the folder that holds scripts/ */
    const struct trial_desk *desk; /* for raw.trial; NULL leaves it out */
};

/* Runs args[0] with the rest as its arguments, all standard libraries and the raw modules; modules
   are looked for in the library's scripts/ first. Gives the exit code: 0, or 1 after saying why on
   stderr. */
int run_lua(const struct run_lua_options *options, int count, char **args);

#endif
