/* Items go to the worker in small batches. A batch that ends its worker is asked again one by one,
   so that only the item that did it is blamed; a script that goes on ending workers is not asked
   any more for this time, because the keeper waits meanwhile. */
#include "serve/gateway.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "net/tree.h"
#include "serve/zygote.h"

#define SCRIPT_MAX ((size_t)256 * 1024)
#define BATCH 16
#define BATCH_WALL_MS 2000
#define LOAD_WALL_MS 2000
#define MISSES_MAX 3
#define BUDGET_MS 4000
#define MARK_DIGITS 8

static const struct worker_limits LIMITS = {
    .cpu_ms = 200, .wall_ms = 1000, .memory = (size_t)32 << 20, .output = (size_t)4 << 20};

struct gateway {
    struct zygote *zygote;
    const char *folder;
    const char *library;
    const char *script;
    struct value *conf; /* what the script may know of it */
    char *source;       /* as it was read last; NULL: not yet */
    char mark[MARK_DIGITS + 1];
    struct worker_link *worker; /* NULL: none has the source loaded */
    struct buf out;
    struct buf in;
};

/* One call of gateway_ask_…, while it goes on. */
struct round {
    struct gateway *gateway;
    const char *question;
    const char *thing; /* what is asked for, by its key */
    struct value *const *items;
    struct gateway_reply *replies;
    int64_t until;
    size_t misses; /* workers ended one after the other */
};

/* ---- life ---- */

struct value *gateway_conf(const char *name, const struct value *conf)
{
    const struct value *secrets = value_get(conf, "secrets");
    const struct value *options = value_get(conf, "options");
    struct value *map = value_new_map();
    struct value *names = value_new_list();

    for (size_t i = 0; value_kind(secrets) == VALUE_MAP && i < value_count(secrets); i++) {
        value_push(names, value_new_text(value_key_at(secrets, i)));
    }
    value_set_text(map, "name", name);
    value_set_text(map, "url", value_get_text(conf, "url"));
    value_set(map, "options", options ? value_copy(options) : value_new_map());
    value_set(map, "secrets", names);
    return map;
}

struct gateway *gateway_new(const struct gateway_options *options)
{
    struct gateway *gateway = mem_new(sizeof *gateway);

    gateway->zygote = options->zygote;
    gateway->folder = options->folder;
    gateway->library = options->library;
    gateway->script = value_get_text(options->conf, "script");
    gateway->conf = gateway_conf(options->name, options->conf);
    buf_init(&gateway->out, PIPE_FRAME_MAX);
    buf_init(&gateway->in, PIPE_FRAME_MAX);
    return gateway;
}

static void end_worker(struct gateway *gateway, struct worker_end *how)
{
    worker_end(gateway->worker, how);
    gateway->worker = NULL;
}

void gateway_free(struct gateway *gateway)
{
    if (gateway) {
        end_worker(gateway, NULL);
        value_free(gateway->conf);
        mem_free(gateway->source);
        buf_clear(&gateway->out);
        buf_clear(&gateway->in);
        mem_free(gateway);
    }
}

const char *gateway_mark(const struct gateway *gateway)
{
    return gateway->mark;
}

char *gateway_path(const char *folder, const char *library, const char *script)
{
    const struct {
        const char *root, *inner;
    } roots[] = {{folder, GATEWAY_FOLDER}, {library, "scripts/" GATEWAY_FOLDER}};
    char *path = NULL;

    for (size_t i = 0; !path && i < COUNT_OF(roots) && *script != '.' && !strchr(script, '/');
         i++) {
        char *inner = roots[i].root ? file_join(roots[i].root, roots[i].inner) : NULL;

        path = inner ? file_join(inner, script) : NULL;
        mem_free(inner);
        if (path && !file_is_there(path)) {
            mem_free(path);
            path = NULL;
        }
    }
    return path;
}

/* ---- the worker ---- */

/* What ended the worker, as the script's fault (ERR_INVALID) or somebody else's (ERR_MISSING). */
static void tell_end(struct gateway *gateway, struct err *err)
{
    struct worker_end how = {0};

    end_worker(gateway, &how);
    if (how.fate != WORKER_FAULT) {
        err_set(err, ERR_MISSING, "%s",
                SAY("工作进程被外部终止", "the worker was killed from outside"));
    } else if (how.file[0] && how.line > 0) {
        err_set(err, ERR_INVALID, "%s:%d: %s", how.file, how.line, how.text);
    } else {
        err_set(err, ERR_INVALID, "%s: %s", gateway->script, how.text);
    }
}

/* On false the worker is gone. */
static bool exchange(struct gateway *gateway, const struct value *request, int64_t wall_ms,
                     struct value **reply, struct err *err)
{
    int64_t deadline = clock_steady() + wall_ms;
    struct err unsaid = {0};
    struct codec_in in;

    buf_reset(&gateway->out);
    codec_put_value(&gateway->out, request);
    if (!worker_send(gateway->worker, &gateway->out, deadline, &unsaid) ||
        !worker_receive(gateway->worker, &gateway->in, deadline, &unsaid)) {
        tell_end(gateway, err);
        return false;
    }
    codec_begin(&in, gateway->in.bytes, gateway->in.length);
    if (!codec_get_value(&in, reply) || !codec_is_done(&in)) {
        end_worker(gateway, NULL);
        err_set(err, ERR_INVALID, "%s: %s", gateway->script,
                SAY("工作进程的答复无法读取", "the worker's answer cannot be read"));
        return false;
    }
    return true;
}

/* Reads the file; a worker that has another source ends. */
static bool read_source(struct gateway *gateway, struct err *err)
{
    char *path = gateway_path(gateway->folder, gateway->library, gateway->script);
    unsigned char sum[DIGEST_SIZE];
    char hex[DIGEST_HEX];
    struct digest *digest;
    struct buf text;
    bool ok;

    if (!path) {
        err_set(err, ERR_MISSING,
                SAY("没有渠道脚本 " GATEWAY_FOLDER "/%.100s",
                    "there is no script " GATEWAY_FOLDER "/%.100s"),
                gateway->script);
        return false;
    }
    buf_init(&text, SCRIPT_MAX + 1);
    ok = file_read(path, SCRIPT_MAX, &text, err);
    if (ok && (!gateway->source || strcmp(gateway->source, buf_text(&text)) != 0)) {
        end_worker(gateway, NULL);
        mem_free(gateway->source);
        gateway->source = mem_text_n(buf_text(&text), text.length);
        digest = digest_new();
        digest_bytes(digest, buf_text(&text), text.length, sum);
        digest_free(digest);
        digest_hex(sum, hex);
        (void)memcpy(gateway->mark, hex, MARK_DIGITS);
    }
    buf_clear(&text);
    mem_free(path);
    return ok;
}

/* What a load that was refused says: its first finding. */
static bool is_loaded(const struct gateway *gateway, const struct value *reply, struct err *err)
{
    const struct value *first = value_at(value_get(reply, "findings"), 0);
    const char *text = value_get_text(first, "text");

    if (value_get_bool(reply, "ok")) {
        return true;
    }
    err_set(err, ERR_INVALID, "%s:%lld: %s", gateway->script,
            (long long)value_get_int(first, "line", 1),
            text ? text : SAY("脚本无法装入", "the script does not load"));
    return false;
}

static bool load(struct gateway *gateway, struct err *err)
{
    struct value *request = value_new_map();
    struct value *reply = NULL;
    bool ok;

    value_set_text(request, "op", "load");
    value_set_text(request, "kind", "channel");
    value_set_text(request, "name", gateway->script);
    value_set_text(request, "source", gateway->source);
    value_set_text(request, "lang", text_is_zh() ? "zh" : "en");
    value_set(request, "conf", value_copy(gateway->conf));
    ok = zygote_fork(gateway->zygote, &LIMITS, &gateway->worker, err) &&
         exchange(gateway, request, LOAD_WALL_MS, &reply, err) && is_loaded(gateway, reply, err);
    if (!ok) {
        end_worker(gateway, NULL);
    }
    value_free(request);
    value_free(reply);
    return ok;
}

/* ---- asking ---- */

static void say(struct gateway_reply *reply, enum gateway_kind kind, const char *text)
{
    *reply = (struct gateway_reply){.kind = kind};
    snprintf(reply->text, sizeof reply->text, "%.*s", GATEWAY_TEXT - 1, text);
    text_trim(reply->text);
}

static void say_all(struct round *round, size_t first, size_t count, enum gateway_kind kind,
                    const char *text)
{
    for (size_t i = 0; i < count; i++) {
        say(&round->replies[first + i], kind, text);
    }
}

/* One item of a worker's answer, which is believed nothing. */
static void take(const struct round *round, const struct value *item, struct gateway_reply *reply)
{
    const struct value *thing = value_get(item, round->thing);
    const char *fault = value_get_text(item, "fault");

    if (fault) {
        say(reply, GATEWAY_FAULT, fault);
    } else if (value_kind(thing) == VALUE_MAP) {
        *reply = (struct gateway_reply){.kind = GATEWAY_SAID, .value = value_copy(thing)};
    } else {
        say(reply, GATEWAY_FAULT,
            SAY("渠道脚本的答复无法读取", "the script's answer cannot be read"));
    }
}

static bool put_question(struct round *round, size_t first, size_t count, struct err *err)
{
    struct value *request = value_new_map();
    struct value *items = value_new_list();
    struct value *reply = NULL;
    bool ok;

    for (size_t i = 0; i < count; i++) {
        value_push(items, value_copy(round->items[first + i]));
    }
    value_set_text(request, "op", "ask");
    value_set_text(request, "question", round->question);
    value_set_text(request, "lang", text_is_zh() ? "zh" : "en");
    value_set(request, "items", items);
    ok = exchange(round->gateway, request, count > 1 ? BATCH_WALL_MS : LIMITS.wall_ms, &reply, err);
    if (ok) {
        for (size_t i = 0; i < count; i++) {
            take(round, value_at(value_get(reply, "items"), i), &round->replies[first + i]);
        }
    }
    value_free(request);
    value_free(reply);
    return ok;
}

/* False when the script ended its worker, with the sentence. */
static bool try_part(struct round *round, size_t first, size_t count, struct err *err)
{
    struct gateway *gateway = round->gateway;

    for (int turn = 0; turn < 2; turn++) {
        if (!read_source(gateway, err) || (!gateway->worker && !load(gateway, err))) {
            say_all(round, first, count, GATEWAY_BROKEN, err->text);
            return true;
        }
        if (put_question(round, first, count, err)) {
            round->misses = 0;
            return true;
        }
        if (err->kind != ERR_MISSING) {
            break; /* else it was nobody's fault, and another worker may do */
        }
    }
    return false;
}

static void ask_one(struct round *round, size_t at)
{
    struct err err = {0};

    if (round->misses >= MISSES_MAX || clock_steady() > round->until) {
        say(&round->replies[at], GATEWAY_UNASKED,
            SAY("渠道脚本一再中断，没有再问它",
                "the channel's script was stopped again and again and not asked any more"));
    } else if (!try_part(round, at, 1, &err)) {
        say(&round->replies[at], GATEWAY_FAULT, err.text);
        round->misses++;
    }
}

static void ask_all(struct round *round, size_t count)
{
    round->until = clock_steady() + BUDGET_MS;
    for (size_t first = 0; first < count; first += BATCH) {
        size_t part = count - first < BATCH ? count - first : BATCH;
        struct err err = {0};

        if (part > 1 && round->misses < MISSES_MAX && clock_steady() < round->until &&
            try_part(round, first, part, &err)) {
            continue;
        }
        for (size_t i = 0; i < part; i++) {
            ask_one(round, first + i);
        }
    }
}

void gateway_ask_requests(struct gateway *gateway, struct value *const *messages, size_t count,
                          struct gateway_reply *replies)
{
    struct round round = {.gateway = gateway,
                          .question = "request",
                          .thing = "tree",
                          .items = messages,
                          .replies = replies};

    ask_all(&round, count);
}

void gateway_ask_verdicts(struct gateway *gateway, struct value *const *answers, size_t count,
                          struct gateway_reply *replies)
{
    struct round round = {.gateway = gateway,
                          .question = "answer",
                          .thing = "verdict",
                          .items = answers,
                          .replies = replies};

    ask_all(&round, count);
}

/* ---- what it comes down to ---- */

struct value *gateway_message(const struct value *message, bool is_again)
{
    struct value *copy = value_copy(message);

    value_set_bool(copy, "again", is_again);
    return copy;
}

struct value *gateway_answer(int64_t status, const char *body, size_t length)
{
    struct value *map = value_new_map();

    value_set_int(map, "status", status);
    value_set(map, "body", value_new_string(body, length));
    return map;
}

static void blame(const char *text, enum sent_kind kind, struct sent *sent)
{
    *sent = (struct sent){.kind = kind};
    sent_say(sent, "script", text, strlen(text));
    if (kind == SENT_UNKNOWN) {
        sent->hint_zh = "请求已发出，渠道脚本没有读出结论：先到对方核实，再改正脚本";
        sent->hint_en = "the request went out and the script read no verdict: ask whether it "
                        "arrived, then correct the script";
    } else {
        sent->hint_zh = "改正渠道脚本，用 duban check 试过后再重放";
        sent->hint_en = "correct the channel's script, try it with duban check, then replay";
    }
}

bool gateway_judge_request(const struct gateway_reply *reply, struct sent *sent)
{
    blame(reply->text, reply->kind == GATEWAY_BROKEN ? SENT_BAD_CHANNEL : SENT_BAD_CONTENT, sent);
    return reply->kind == GATEWAY_FAULT;
}

bool gateway_judge_answer(const struct gateway_reply *reply, struct sent *sent)
{
    struct err err = {0};

    if (reply->kind != GATEWAY_SAID) {
        blame(reply->text, SENT_UNKNOWN, sent);
        return true;
    }
    if (tree_verdict(reply->value, sent, &err)) {
        return false;
    }
    blame(err.text, SENT_UNKNOWN, sent);
    return true;
}
