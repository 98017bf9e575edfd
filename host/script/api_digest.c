/* raw.digest: SHA-256, its HMAC, and MD5, as hexadecimal text. */
#include "base/digest.h"

#include "base/encode.h"
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

/* hmac(key, bytes) */
static int l_hmac(lua_State *L)
{
    unsigned char sum[DIGEST_SIZE];
    char hex[DIGEST_HEX];
    size_t key_length;
    size_t length;
    const char *key = luaL_checklstring(L, 1, &key_length);
    const char *bytes = luaL_checklstring(L, 2, &length);

    digest_hmac(key, key_length, bytes, length, sum);
    digest_hex(sum, hex);
    lua_pushstring(L, hex);
    return 1;
}

static int l_md5(lua_State *L)
{
    unsigned char sum[DIGEST_MD5_SIZE];
    size_t length;
    const char *bytes = luaL_checklstring(L, 1, &length);
    struct buf *hex;

    digest_md5(bytes, length, sum);
    hex = bind_bytes(L, DIGEST_HEX);
    encode_hex(sum, sizeof sum, hex);
    lua_pushlstring(L, buf_text(hex), hex->length);
    bind_empty(hex);
    return 1;
}

static const struct luaL_Reg FUNCTIONS[] = {
    {"hmac", l_hmac}, {"md5", l_md5}, {"sha256", l_sha256}, {NULL, NULL}};

const struct api_module API_DIGEST = {"raw.digest", FUNCTIONS, API_TRUSTED, NULL};
