/* The signatures platforms ask for, each appended as the text that goes into address, body or
   header. Two of them look alike and are not. */
#ifndef DUBAN_SIGNATURE_H
#define DUBAN_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* DingTalk: base64(HMAC(secret, "MS\nsecret")); not percent-encoded yet. */
void signature_dingtalk(const char *secret, int64_t now_ms, struct buf *out);
/* Feishu: base64(HMAC("S\nsecret", "")). */
void signature_feishu(const char *secret, int64_t now_s, struct buf *out);
/* Standard Webhooks: "v1,"base64(HMAC(key, id.S.body)). The key of "whsec_…" is base64, any other
   secret is its own bytes; ERR_INVALID when the base64 is none. */
MUST_USE bool signature_webhook(const char *secret, const char *id, int64_t now_s,
                                const struct buf *body, struct buf *out, struct err *err);
/* As GitHub does: "sha256="hex(HMAC(secret, body)). */
void signature_hub(const char *secret, const struct buf *body, struct buf *out);

#endif
