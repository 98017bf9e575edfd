/* The tree of a Lua channel, evaluated where the secrets are. It came out of a sandbox through two
   pipes and is believed nothing: each step has a ceiling, and all steps together have one too. */
#include "net/tree.h"

#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "base/encode.h"
#include "base/json.h"
#include "base/text.h"
#include "net/body.h"

#define DEPTH_MAX 32
#define NODES_MAX 10000
#define STEP_MAX ((size_t)256 << 10)
#define WORK_MAX ((size_t)8 << 20)

struct work {
    const struct value *secrets;
    int64_t now_ms;
    size_t nodes;
    size_t bytes; /* produced by all steps so far */
    struct err *err;
};

static bool evaluate(struct work *work, const struct value *node, int depth, struct buf *out);

static bool refuse(struct work *work, const char *zh, const char *en)
{
    err_set(work->err, ERR_INVALID, "%s", SAY(zh, en));
    return false;
}

static void scratch_init(struct buf *scratch)
{
    buf_init(scratch, STEP_MAX);
}

/* What passes through here may be a secret. */
static void scratch_clear(struct buf *scratch)
{
    if (scratch->bytes) {
        explicit_bzero(scratch->bytes, scratch->room);
    }
    buf_clear(scratch);
}

/* Counts what a step produced. */
static bool account(struct work *work, const struct buf *out, size_t before)
{
    work->bytes += out->length - before;
    if (out->is_over || work->bytes > WORK_MAX) {
        return refuse(work, "请求太大：单步不超过 256 KB，合计不超过 8 MB",
                      "the request is too large: a step has 256 KB, all together 8 MB");
    }
    return true;
}

static bool enter(struct work *work, int depth)
{
    work->nodes++;
    if (depth > DEPTH_MAX) {
        return refuse(work, "请求的嵌套超过 32 层", "the request is nested deeper than 32 levels");
    }
    if (work->nodes > NODES_MAX) {
        return refuse(work, "请求的节点超过 10000 个", "the request has over 10000 nodes");
    }
    return true;
}

/* A map of exactly these fields beside "$", of which the first `needed` must be there. */
static bool has_fields(struct work *work, const struct value *node, const char *const *names,
                       size_t needed)
{
    size_t found = 0;

    for (size_t i = 0; names[i]; i++) {
        bool is_there = value_get(node, names[i]) != NULL;

        found += is_there;
        if (!is_there && i < needed) {
            err_set(work->err, ERR_INVALID, SAY("%s 缺少 %s", "%s lacks %s"),
                    value_get_text(node, "$"), names[i]);
            return false;
        }
    }
    if (value_count(node) != found + 1) {
        err_set(work->err, ERR_INVALID,
                SAY("%s 带有不认识的参数", "%s has a parameter nobody knows"),
                value_get_text(node, "$"));
        return false;
    }
    return true;
}

static bool do_secret(struct work *work, const struct value *node, int depth, struct buf *out)
{
    static const char *const FIELDS[] = {"name", NULL};
    const char *name = value_get_text(node, "name");
    const struct value *secret;
    char shown[48];

    (void)depth;
    if (!has_fields(work, node, FIELDS, 1)) {
        return false;
    }
    if (!name || !*name || strlen(name) >= sizeof shown || !text_is_utf8(name, strlen(name)) ||
        !request_is_line(name)) {
        return refuse(work, "secret 的名字应是一个短词", "the name of a secret is a short word");
    }
    secret = value_get(work->secrets, name);
    if (!value_text(secret)) {
        err_set(work->err, ERR_MISSING,
                SAY("渠道没有名为“%s”的密钥", "the channel has no secret named \"%s\""), name);
        return false;
    }
    buf_add(out, value_text(secret), value_length(secret));
    return true;
}

static void add_compact(const char *iso, struct buf *out)
{
    for (size_t i = 0; i < 19; i++) {
        if (iso[i] >= '0' && iso[i] <= '9') {
            buf_add_byte(out, (unsigned char)iso[i]);
        }
    }
}

static bool do_timestamp(struct work *work, const struct value *node, int depth, struct buf *out)
{
    static const char *const FIELDS[] = {"unit", "number", NULL};
    const char *unit = value_get_text(node, "unit");
    char iso[32];

    (void)depth;
    if (!has_fields(work, node, FIELDS, 1)) {
        return false;
    }
    body_instant(work->now_ms, iso);
    if (unit && strcmp(unit, "s") == 0) {
        buf_add_format(out, "%" PRId64, work->now_ms / 1000);
    } else if (unit && strcmp(unit, "ms") == 0) {
        buf_add_format(out, "%" PRId64, work->now_ms);
    } else if (unit && strcmp(unit, "iso") == 0) {
        buf_add_format(out, "%.19s.%03d+08:00", iso, (int)(work->now_ms % 1000));
    } else if (unit && strcmp(unit, "compact") == 0) {
        add_compact(iso, out);
    } else {
        return refuse(work, "timestamp 的 unit 应是 s、ms、iso 或 compact",
                      "the unit of a timestamp is s, ms, iso or compact");
    }
    return true;
}

static bool do_concat(struct work *work, const struct value *node, int depth, struct buf *out)
{
    static const char *const FIELDS[] = {"parts", NULL};
    const struct value *parts = value_get(node, "parts");

    if (!has_fields(work, node, FIELDS, 1)) {
        return false;
    }
    if (value_kind(parts) != VALUE_LIST) {
        return refuse(work, "concat 的 parts 应是列表", "the parts of concat are a list");
    }
    for (size_t i = 0; i < value_count(parts); i++) {
        if (!evaluate(work, value_at(parts, i), depth + 1, out)) {
            return false;
        }
    }
    return true;
}

/* A copy of the tree with its nodes evaluated; NULL after a refusal. */
static struct value *settle(struct work *work, const struct value *tree, int depth);

static struct value *settle_node(struct work *work, const struct value *node, int depth)
{
    bool is_number = value_get_bool(node, "number") && value_get_text(node, "unit");
    bool is_seconds = is_number && strcmp(value_get_text(node, "unit"), "s") == 0;
    bool is_ms = is_number && strcmp(value_get_text(node, "unit"), "ms") == 0;
    struct value *text = NULL;
    struct buf scratch;

    scratch_init(&scratch);
    if (evaluate(work, node, depth, &scratch)) {
        if (is_seconds || is_ms) {
            text = value_new_int(is_ms ? work->now_ms : work->now_ms / 1000);
        } else if (text_is_utf8(buf_text(&scratch), scratch.length)) {
            text = value_new_string(buf_text(&scratch), scratch.length);
        } else {
            (void)refuse(work, "json 里的文本不是 UTF-8（hmac 请用 hex 或 base64）",
                         "a text inside json is not UTF-8 (let hmac be hex or base64)");
        }
    }
    scratch_clear(&scratch);
    return text;
}

static struct value *settle_children(struct work *work, const struct value *tree, int depth)
{
    bool is_map = value_kind(tree) == VALUE_MAP;
    struct value *copy = is_map ? value_new_map() : value_new_list();

    for (size_t i = 0; i < value_count(tree); i++) {
        const char *key = is_map ? value_key_at(tree, i) : "";
        struct value *child = settle(work, value_at(tree, i), depth + 1);

        if (child && !text_is_utf8(key, strlen(key))) {
            (void)refuse(work, "json 的键不是 UTF-8", "a key inside json is not UTF-8");
            value_free(child);
            child = NULL;
        }
        if (!child) {
            value_free(copy);
            return NULL;
        }
        if (is_map) {
            value_set(copy, key, child);
        } else {
            value_push(copy, child);
        }
    }
    return copy;
}

static struct value *settle(struct work *work, const struct value *tree, int depth)
{
    enum value_kind kind = value_kind(tree);

    if (kind == VALUE_MAP && value_get(tree, "$")) {
        return settle_node(work, tree, depth);
    }
    if (!enter(work, depth)) {
        return NULL;
    }
    if (kind == VALUE_MAP || kind == VALUE_LIST) {
        return settle_children(work, tree, depth);
    }
    if (kind == VALUE_STRING && !text_is_utf8(value_text(tree), value_length(tree))) {
        (void)refuse(work, "json 里的文本不是 UTF-8", "a text inside json is not UTF-8");
        return NULL;
    }
    return value_copy(tree);
}

static bool do_json(struct work *work, const struct value *node, int depth, struct buf *out)
{
    static const char *const FIELDS[] = {"value", NULL};
    struct value *settled;

    if (!has_fields(work, node, FIELDS, 1)) {
        return false;
    }
    settled = settle(work, value_get(node, "value"), depth + 1);
    if (!settled) {
        return false;
    }
    json_write(settled, out);
    value_free(settled);
    return true;
}

/* The text of a field of the node, into scratch that the caller clears. */
static bool field(struct work *work, const struct value *node, const char *name, int depth,
                  struct buf *scratch)
{
    scratch_init(scratch);
    return evaluate(work, value_get(node, name), depth + 1, scratch);
}

static bool do_coded(struct work *work, const struct value *node, int depth, struct buf *out)
{
    static const char *const FIELDS[] = {"of", NULL};
    const char *name = value_get_text(node, "$");
    unsigned char sum[DIGEST_MD5_SIZE];
    struct buf of;
    bool is_good;

    if (!has_fields(work, node, FIELDS, 1)) {
        return false;
    }
    is_good = field(work, node, "of", depth, &of);
    if (is_good && strcmp(name, "base64") == 0) {
        encode_base64(buf_text(&of), of.length, out);
    } else if (is_good && strcmp(name, "urlencode") == 0) {
        encode_percent(buf_text(&of), of.length, out);
    } else if (is_good) {
        digest_md5(buf_text(&of), of.length, sum);
        encode_hex(sum, sizeof sum, out);
    }
    scratch_clear(&of);
    return is_good;
}

static bool do_hmac(struct work *work, const struct value *node, int depth, struct buf *out)
{
    static const char *const FIELDS[] = {"key", "of", "as", NULL};
    const char *as = value_get(node, "as") ? value_get_text(node, "as") : "hex";
    bool is_known =
        as && (strcmp(as, "hex") == 0 || strcmp(as, "base64") == 0 || strcmp(as, "raw") == 0);
    unsigned char sum[DIGEST_SIZE];
    struct buf key;
    struct buf of;
    bool is_good;

    if (!has_fields(work, node, FIELDS, 2)) {
        return false;
    }
    if (!is_known) {
        return refuse(work, "hmac 的 as 应是 hex、base64 或 raw",
                      "hmac's as is hex, base64 or raw");
    }
    scratch_init(&of);
    is_good = field(work, node, "key", depth, &key) && field(work, node, "of", depth, &of);
    if (is_good) {
        digest_hmac(buf_text(&key), key.length, buf_text(&of), of.length, sum);
    }
    if (is_good && strcmp(as, "hex") == 0) {
        encode_hex(sum, sizeof sum, out);
    } else if (is_good && strcmp(as, "base64") == 0) {
        encode_base64(sum, sizeof sum, out);
    } else if (is_good) {
        buf_add(out, sum, sizeof sum);
    }
    scratch_clear(&key);
    scratch_clear(&of);
    return is_good;
}

static const struct {
    const char *name;
    bool (*run)(struct work *work, const struct value *node, int depth, struct buf *out);
} NODES[] = {
    {"secret", do_secret}, {"timestamp", do_timestamp}, {"concat", do_concat}, {"json", do_json},
    {"base64", do_coded},  {"urlencode", do_coded},     {"md5", do_coded},     {"hmac", do_hmac}};

static bool run_node(struct work *work, const struct value *node, int depth, struct buf *out)
{
    const char *name = value_get_text(node, "$");

    for (size_t i = 0; name && i < COUNT_OF(NODES); i++) {
        if (strcmp(NODES[i].name, name) == 0) {
            return NODES[i].run(work, node, depth, out);
        }
    }
    return refuse(
        work, "请求只能由文本、数和 secret timestamp concat json base64 urlencode md5 hmac 组成",
        "a request is made of texts, numbers and secret timestamp concat json base64 "
        "urlencode md5 hmac");
}

static bool evaluate(struct work *work, const struct value *node, int depth, struct buf *out)
{
    size_t before = out->length;

    if (!enter(work, depth)) {
        return false;
    }
    switch (value_kind(node)) {
    case VALUE_STRING:
        buf_add(out, value_text(node), value_length(node));
        break;
    case VALUE_INT:
    case VALUE_FLOAT:
    case VALUE_BOOL:
        json_write(node, out);
        break;
    case VALUE_NIL:
    case VALUE_LIST:
    case VALUE_MAP:
        if (!run_node(work, node, depth, out)) {
            return false;
        }
        break;
    }
    return account(work, out, before);
}

bool tree_evaluate(const struct value *node, const struct value *secrets, int64_t now_ms,
                   struct buf *out, struct err *err)
{
    struct work work = {.secrets = secrets, .now_ms = now_ms < 0 ? 0 : now_ms, .err = err};
    struct buf text;
    bool is_good;

    scratch_init(&text);
    is_good = evaluate(&work, node, 1, &text);
    if (is_good) {
        buf_add(out, buf_text(&text), text.length);
    }
    scratch_clear(&text);
    return is_good;
}
