/* The signatures platforms ask for. All are HMAC-SHA256; what is key and what is message differs.
 */
#include "net/signature.h"

#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "base/encode.h"
#include "base/text.h"

#define SECRET_ROOM 65536
#define WEBHOOK_ROOM ((size_t)4 << 20)

static void wipe(struct buf *bytes)
{
    if (bytes->bytes) {
        explicit_bzero(bytes->bytes, bytes->room);
    }
    buf_clear(bytes);
}

static void add_hmac(const void *key, size_t key_length, const char *bytes, size_t length,
                     struct buf *out)
{
    unsigned char sum[DIGEST_SIZE];

    digest_hmac(key, key_length, bytes, length, sum);
    encode_base64(sum, sizeof sum, out);
}

void signature_dingtalk(const char *secret, int64_t now_ms, struct buf *out)
{
    struct buf text;

    buf_init(&text, SECRET_ROOM);
    buf_add_format(&text, "%" PRId64 "\n", now_ms);
    buf_add_text(&text, secret);
    add_hmac(secret, strlen(secret), buf_text(&text), text.length, out);
    wipe(&text);
}

void signature_feishu(const char *secret, int64_t now_s, struct buf *out)
{
    struct buf key;

    buf_init(&key, SECRET_ROOM);
    buf_add_format(&key, "%" PRId64 "\n", now_s);
    buf_add_text(&key, secret);
    add_hmac(buf_text(&key), key.length, "", 0, out);
    wipe(&key);
}

static bool read_key(const char *secret, struct buf *key, struct err *err)
{
    static const char PREFIX[] = "whsec_";

    if (strncmp(secret, PREFIX, sizeof PREFIX - 1) != 0) {
        buf_add_text(key, secret);
        return true;
    }
    secret += sizeof PREFIX - 1;
    if (!encode_unbase64(secret, strlen(secret), key, NULL) || !key->length) {
        err_set(err, ERR_INVALID, "%s",
                SAY("whsec_ 之后应是 base64：检查密钥是否完整",
                    "what follows whsec_ is base64: check that the secret is complete"));
        return false;
    }
    return true;
}

bool signature_webhook(const char *secret, const char *id, int64_t now_s, const struct buf *body,
                       struct buf *out, struct err *err)
{
    struct buf key;
    struct buf text;
    bool is_good;

    buf_init(&key, SECRET_ROOM);
    buf_init(&text, WEBHOOK_ROOM);
    is_good = read_key(secret, &key, err);
    if (is_good) {
        buf_add_format(&text, "%s.%" PRId64 ".", id, now_s);
        buf_add(&text, buf_text(body), body->length);
        buf_add_text(out, "v1,");
        add_hmac(buf_text(&key), key.length, buf_text(&text), text.length, out);
    }
    wipe(&key);
    buf_clear(&text);
    return is_good;
}

void signature_hub(const char *secret, const struct buf *body, struct buf *out)
{
    unsigned char sum[DIGEST_SIZE];

    digest_hmac(secret, strlen(secret), buf_text(body), body->length, sum);
    buf_add_text(out, "sha256=");
    encode_hex(sum, sizeof sum, out);
}
