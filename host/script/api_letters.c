/* raw.letters: what decides words and hours of messages, for specs. Data crosses as JSON text. */
#include <string.h>

#include "base/json.h"
#include "casework/quiet.h"
#include "casework/template.h"
#include "casework/workdays.h"
#include "script/api.h"
#include "script/bind.h"

#define OUT_LIMIT ((size_t)4 * 1024 * 1024)

static void free_template(void *template)
{
    template_free(template);
}

static void free_value(void *value)
{
    value_free(value);
}

static void free_workdays(void *workdays)
{
    workdays_free(workdays);
}

/* The template and the JSON at 1 and 2; false with the failure in err. */
static bool read_both(lua_State *L, struct loan **template, struct loan **data, struct err *err)
{
    size_t length;
    size_t json_length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *json = luaL_checklstring(L, 2, &json_length);
    struct template *read = NULL;
    struct value *value = NULL;

    *template = bind_loan(L, free_template);
    *data = bind_loan(L, free_value);
    if (!template_parse("t", text, length, &read, err)) {
        return false;
    }
    (*template)->thing = read;
    if (!json_parse(json, json_length, &value, err)) {
        return false;
    }
    (*data)->thing = value;
    return true;
}

/* Pushes a tree as JSON text. */
static int push_tree(lua_State *L, struct loan *tree)
{
    struct buf *out = bind_bytes(L, OUT_LIMIT);

    json_write(tree->thing, out);
    lua_pushlstring(L, buf_text(out), out->length);
    bind_return(tree);
    bind_empty(out);
    lua_remove(L, -2);
    return 1;
}

/* render(template, data): the message and the names that data lacked. */
static int l_render(lua_State *L)
{
    struct err err = {0};
    struct loan *template;
    struct loan *data;
    struct loan *missing;
    struct loan *message;

    if (!read_both(L, &template, &data, &err)) {
        return bind_fail(L, &err);
    }
    missing = bind_loan(L, free_value);
    message = bind_loan(L, free_value);
    missing->thing = value_new_list();
    message->thing = template_render(template->thing, data->thing, missing->thing);
    return push_tree(L, message) + push_tree(L, missing);
}

/* check(template, known): the findings. */
static int l_check(lua_State *L)
{
    struct err err = {0};
    struct loan *template;
    struct loan *known;
    struct loan *findings;

    if (!read_both(L, &template, &known, &err)) {
        return bind_fail(L, &err);
    }
    findings = bind_loan(L, free_value);
    findings->thing = value_new_list();
    template_check(template->thing, known->thing, findings->thing);
    return push_tree(L, findings);
}

/* manner(template): priority, ms it is worth, whether it may be collected. */
static int l_manner(lua_State *L)
{
    struct err err = {0};
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    struct loan *loan = bind_loan(L, free_template);
    struct template *template = NULL;
    const struct template_manner *manner;

    if (!template_parse("t", text, length, &template, &err)) {
        return bind_fail(L, &err);
    }
    loan->thing = template;
    manner = template_manner(template);
    lua_pushinteger(L, manner->priority);
    lua_pushinteger(L, manner->worth_ms);
    lua_pushboolean(L, manner->is_collectable);
    return 3;
}

/* The hours at 2 to 4 and the years at 1 as a calendar. */
static bool read_quiet(lua_State *L, struct quiet *quiet, struct loan **workdays, struct err *err)
{
    size_t length;
    const char *json = luaL_checklstring(L, 1, &length);
    struct value *years = NULL;

    quiet->from = luaL_checkinteger(L, 2);
    quiet->to = luaL_checkinteger(L, 3);
    quiet->is_workdays = lua_toboolean(L, 4);
    *workdays = bind_loan(L, free_workdays);
    if (!json_parse(json, length, &years, err)) {
        return false;
    }
    (*workdays)->thing = workdays_new(years);
    value_free(years);
    return true;
}

/* quiet_until(years, from, to, workdays, instant) */
static int l_quiet_until(lua_State *L)
{
    struct err err = {0};
    struct quiet quiet;
    struct loan *workdays;
    int64_t instant = luaL_checkinteger(L, 5);

    if (!read_quiet(L, &quiet, &workdays, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushinteger(L, quiet_until(&quiet, workdays->thing, instant));
    return 1;
}

/* quiet_next(years, from, to, workdays, minutes, instant) */
static int l_quiet_next(lua_State *L)
{
    struct err err = {0};
    struct quiet quiet;
    struct loan *workdays;
    int64_t minutes = luaL_checkinteger(L, 5);
    int64_t instant = luaL_checkinteger(L, 6);

    if (!read_quiet(L, &quiet, &workdays, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushinteger(L, quiet_next(&quiet, workdays->thing, minutes, instant));
    return 1;
}

/* span(text): from and to in minutes. */
static int l_span(lua_State *L)
{
    int64_t from = 0;
    int64_t to = 0;

    if (!quiet_parse(luaL_checkstring(L, 1), &from, &to)) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, from);
    lua_pushinteger(L, to);
    return 2;
}

static const struct luaL_Reg FUNCTIONS[] = {{"check", l_check},
                                            {"manner", l_manner},
                                            {"quiet_next", l_quiet_next},
                                            {"quiet_until", l_quiet_until},
                                            {"render", l_render},
                                            {"span", l_span},
                                            {NULL, NULL}};

const struct api_module API_LETTERS = {"raw.letters", FUNCTIONS, API_TRUSTED, NULL};
