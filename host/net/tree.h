/* The unevaluated request of a Lua channel: what a script, which may know no secret, says about the
   text that is to be sent. A node is a literal (text, integer, float, boolean) or a map whose "$"
   names what it is: { $ = "secret", name = TEXT } { $ = "timestamp", unit = "s" | "ms" | "iso" |
   "compact", number = true? } iso is 2026-01-01T00:00:00.000+08:00, compact 20260101000000, both of
   UTC+08:00; number (s and ms only) makes it an integer inside json { $ = "concat", parts = { NODE…
   } } { $ = "json", value = any tree, with nodes in it that become texts } { $ = "base64" |
   "urlencode" | "md5", of = NODE }        md5 gives lower-case hexadecimal { $ = "hmac", key =
   NODE, of = NODE, as = "hex" | "base64" | "raw" }   SHA-256; hex when absent A request is { method
   = "GET" | "POST" | "PUT", url = NODE, headers = { Name = NODE… }?, body = NODE? }. Everything is
   bounded: depth, nodes, bytes of each step and of all together. */
#ifndef DUBAN_TREE_H
#define DUBAN_TREE_H

#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "net/request.h"
#include "net/sent.h"

/* Appends the text of one node. secrets maps names to texts. ERR_INVALID with one sentence that
   never holds a secret; ERR_MISSING for a secret that is not there. */
MUST_USE bool tree_evaluate(const struct value *node, const struct value *secrets, int64_t now_ms,
                            struct buf *out, struct err *err);
/* Fills the request (initialised) from its tree. */
MUST_USE bool tree_request(const struct value *tree, const struct value *secrets, int64_t now_ms,
                           struct request *out, struct err *err);
/* Reads what the script makes of the answer: { outcome, code?, text?, ref?, after? = ms }. */
MUST_USE bool tree_verdict(const struct value *answer, struct sent *out, struct err *err);

#endif
