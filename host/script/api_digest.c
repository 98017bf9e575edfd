/* raw.digest: SHA-256 as hexadecimal text. */
#include "base/digest.h"
#include "script/api.h"
#include "script/bind.h"

static void free_digest(void *digest)
{
    digest_free(digest);
}

static int l_sha256(lua_State *L)
{
    unsigned char digest[DIGEST_SIZE];
    char hex[DIGEST_HEX];
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    struct loan *loan = bind_loan(L, free_digest);

    loan->thing = digest_new();
    digest_bytes(loan->thing, bytes, length, digest);
    digest_hex(digest, hex);
    bind_return(loan);
    lua_pushstring(L, hex);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {{"sha256", l_sha256}, {NULL, NULL}};

const struct api_module API_DIGEST = {"raw.digest", FUNCTIONS, API_TRUSTED, NULL};
