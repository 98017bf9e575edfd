/* The table of raw modules: what each is called, what it holds, and where it may be required. */
#ifndef DUBAN_API_H
#define DUBAN_API_H

#include <stdbool.h>

#include <lauxlib.h>
#include <lua.h>

enum api_place {
    API_EVERYWHERE,
    API_WORKER, /* only inside workers */
    API_TRUSTED /* only in the trusted interpreter */
};

struct api_module {
    const char *name; /* "raw.codec" */
    const struct luaL_Reg *functions;
    enum api_place place;
    void (*prepare)(lua_State *L); /* with the module's table on top; may be NULL */
};

extern const struct api_module API_CODEC, API_JSON, API_TEXT, API_CLOCK, API_DIGEST, API_SCRIPT,
    API_WORKER_CALLS, API_FILE, API_CSV, API_STORE, API_PROCESS, API_STATE, API_ENCODE, API_NET,
    API_LETTERS, API_ADDRESS, API_SOCKET, API_SHEET;

#ifdef DUBAN_TEST
extern const struct api_module API_OUTBOX;
#endif

/* Pushes the module of that name, made anew, or nothing when there is none in this place. */
bool api_push(lua_State *L, const char *name, enum api_place place);
/* Calls with each module of the place; for package.preload. */
void api_preload(lua_State *L);

#endif
