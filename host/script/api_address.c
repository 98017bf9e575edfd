/* raw.address: what kind of place an address is and what a list allows, for specs. */
#include "net/address.h"

#include "base/codec.h"
#include "base/pipe.h"
#include "script/api.h"
#include "script/bind.h"
#include "script/convert.h"

static const char *const CLASSES[] = {
    [ADDRESS_PUBLIC] = "public",           [ADDRESS_LOOPBACK] = "loopback",
    [ADDRESS_PRIVATE] = "private",         [ADDRESS_SHARED] = "shared",
    [ADDRESS_LINK_LOCAL] = "link-local",   [ADDRESS_METADATA] = "metadata",
    [ADDRESS_UNSPECIFIED] = "unspecified", [ADDRESS_MULTICAST] = "multicast",
    [ADDRESS_RESERVED] = "reserved"};

static void free_value(void *value)
{
    value_free(value);
}

static void free_list(void *list)
{
    address_list_free(list);
}

/* classify(text): the word of its class; nil when it is no address. */
static int l_classify(lua_State *L)
{
    struct address address;

    if (!address_parse(luaL_checkstring(L, 1), &address)) {
        return 0;
    }
    lua_pushstring(L, CLASSES[address_classify(&address)]);
    return 1;
}

/* The tree of the argument, in a loan that is pushed. */
static struct value *take_tree(lua_State *L, int index)
{
    struct err err = {0};
    struct loan *loan = bind_loan(L, free_value);
    struct buf *bytes = bind_bytes(L, PIPE_FRAME_MAX);
    struct value *tree = NULL;
    struct codec_in in;

    if (!convert_encode(L, index, bytes, &err)) {
        luaL_argerror(L, index, err.text);
    }
    codec_begin(&in, bytes->bytes, bytes->length);
    if (codec_get_value(&in, &tree)) {
        loan->thing = tree;
    }
    return tree;
}

/* allows(list, { host=, port=, address=, plain=, named= }): nil, text, kind for a list that is
   none. Without address a proxy looks the name up. */
static int l_allows(lua_State *L)
{
    struct err err = {0};
    struct address address;
    struct address_try try = {.host = "", .port = bind_option_int(L, 2, "port", 443)};
    const char *text = bind_option_text(L, 2, "address", NULL);
    struct loan *loan;
    struct value *tree = take_tree(L, 1);

    try.host = bind_option_text(L, 2, "host", "");
    luaL_argcheck(L, !text || address_parse(text, &address), 2, "no address");
    try.address = text ? &address : NULL;
    lua_getfield(L, 2, "plain");
    try.is_plain = lua_toboolean(L, -1);
    lua_getfield(L, 2, "named");
    try.is_named = lua_toboolean(L, -1);
    loan = bind_loan(L, free_list);
    if (!address_list_read(tree, (struct address_list **)&loan->thing, &err)) {
        return bind_fail(L, &err);
    }
    lua_pushboolean(L, address_is_allowed(loan->thing, &try));
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"allows", l_allows}, {"classify", l_classify}, {NULL, NULL}};

const struct api_module API_ADDRESS = {"raw.address", FUNCTIONS, API_TRUSTED, NULL};
