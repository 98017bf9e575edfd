/* The way of one job: its turn, its request, its verdict. Whatever leaves for the keeper goes
   through tell(), where secrets are cut out. */
#include "net/courier_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define SINK_MODE 0640

struct job *job_new(void)
{
    struct job *job = mem_new(sizeof *job);

    request_init(&job->request);
    return job;
}

void job_free(struct job *job)
{
    if (job) {
        wire_job_clear(&job->wire);
        request_clear(&job->request);
        mem_free(job);
    }
}

/* ---- telling ---- */

static const char *hint_of(const struct sent *sent)
{
    const char *hint = SAY(sent->hint_zh, sent->hint_en);

    return hint ? hint : "";
}

/* Puts the outcome and frees the job. reply is the answer for a Lua channel, else NULL. */
static void tell(struct courier *courier, struct job *job, struct sent *sent,
                 const struct reply *reply)
{
    struct wire_outcome outcome = {
        .id = job->wire.send.id,
        .outcome = sent_name(sent->kind),
        .status = reply ? reply->status : 0,
        .code = sent->code,
        .text = sent->text,
        .hint = hint_of(sent),
        .after_ms = sent->after_ms,
        .micros = job->started ? clock_micros() - job->started : 0,
        .bytes = (int64_t)job->bytes,
        .ref = sent->ref[0] ? sent->ref : NULL,
        .partial = sent->partial,
    };

    if (job->wire.tree && reply && reply->stage == REPLY_WHOLE) {
        outcome.reply = reply->body;
        outcome.reply_length = reply->length;
    }
    crash_point("courier.judged");
    wire_put_outcome(&courier->wire, &outcome);
    channel_give_back(courier, job->channel, job->keys);
    sent_clear(sent);
    job_free(job);
}

/* What never became a request is judged like a network that failed at that stage. */
static void tell_failure(struct courier *courier, struct job *job, enum reply_stage stage,
                         const char *why)
{
    struct reply reply = {.stage = stage};
    struct sent sent = {0};

    snprintf(reply.failure, sizeof reply.failure, "%.199s", why);
    text_trim(reply.failure);
    (void)sent_by_failure(&reply, &sent);
    tell(courier, job, &sent, NULL);
}

static void tell_fault(struct courier *courier, struct job *job, enum sent_kind kind,
                       const char *why)
{
    struct sent sent = {.kind = kind};

    sent_say(&sent, kind == SENT_BAD_CHANNEL ? "conf" : "content", why, strlen(why));
    if (kind == SENT_BAD_CHANNEL) {
        sent.hint_zh = "改正 duban.conf.lua 中该渠道的写法";
        sent.hint_en = "correct this channel in duban.conf.lua";
    } else {
        sent.hint_zh = "改正模板或收件人的地址后重发";
        sent.hint_en = "correct the template or the address, then replay it";
    }
    tell(courier, job, &sent, NULL);
}

void job_drop(struct courier *courier, struct job *job)
{
    channel_give_back(courier, job->channel, job->keys);
    job_free(job);
}

void job_tell_unsent(struct courier *courier, struct job *job, const char *why)
{
    struct wire_outcome outcome = {.id = job->wire.send.id,
                                   .outcome = sent_name(SENT_TRANSIENT),
                                   .code = "unsent",
                                   .text = why,
                                   .is_unsent = true};

    wire_put_outcome(&courier->wire, &outcome);
    job_free(job);
}

/* ---- the folder ---- */

/* Whole under its name or not there at all; nothing here needs to outlive a power cut. */
static bool write_file(const char *path, const struct buf *body, struct err *err)
{
    char *name = mem_new(strlen(path) + 5);
    size_t done = 0;
    bool ok = false;
    int fd;

    snprintf(name, strlen(path) + 5, "%s.new", path);
    fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, SINK_MODE);
    while (fd >= 0 && done < body->length) {
        ssize_t count = write(fd, body->bytes + done, body->length - done);

        if (count < 0 && errno != EINTR) {
            break;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    ok = fd >= 0 && done == body->length && rename(name, path) == 0;
    if (!ok) {
        err_set(err, ERR_INTERNAL, "%s: %s", path, file_reason(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    mem_free(name);
    return ok;
}

static void put_into_folder(struct courier *courier, struct job *job)
{
    const char *folder = value_get_text(job->channel->conf, "folder");
    const char *name = buf_text(&job->request.url);
    struct reply reply = {.stage = REPLY_WHOLE, .status = 200};
    struct sent sent;
    struct err err = {0};
    char *path;

    if (!folder || !*name || *name == '.' || strchr(name, '/')) {
        tell_fault(courier, job, SENT_BAD_CHANNEL,
                   SAY("sink 渠道没有文件夹", "the sink has no folder"));
        return;
    }
    path = file_join(folder, name);
    job->bytes = job->request.body.length;
    if (!write_file(path, &job->request.body, &err)) {
        reply = (struct reply){.stage = REPLY_SEND};
        snprintf(reply.failure, sizeof reply.failure, "%.199s", err.text);
        text_trim(reply.failure);
    }
    net_judge(job->channel->adapter, &reply, &sent);
    if (sent.kind == SENT_ACCEPTED) {
        snprintf(sent.ref, sizeof sent.ref, "%.127s", name);
    }
    tell(courier, job, &sent, &reply);
    mem_free(path);
}

/* ---- its turn ---- */

static int64_t rest_of(const struct job *job)
{
    int64_t deadline = job->wire.send.deadline_ms;

    return deadline ? deadline - clock_steady() : FETCH_TOTAL_MS;
}

static struct signing signing_of(const struct job *job)
{
    const struct channel *channel = job->channel;

    return (struct signing){
        .conf = channel->conf,
        .secrets = secrets_map(job->keys->secrets),
        .message = job->wire.message,
        .tree = job->wire.tree,
        .key = job->wire.key,
        .now_ms = clock_now(),
        .token = channel_has_token(channel) ? channel->token.text : NULL,
        .is_again = job->wire.send.is_again,
    };
}

static bool begin_fetch(struct courier *courier, struct job *job, int64_t timeout_ms,
                        struct err *err)
{
    const struct adapter *adapter = job->channel->adapter;
    struct fetch_order order = {
        .way = &job->keys->way,
        .request = &job->request,
        .timeout_ms = timeout_ms,
        .is_repeatable = adapter->has_key || !job->wire.send.id,
        .owner = job,
    };

    job->bytes = job->request.body.length;
    if (!fetch_start(courier->fetch, &order, err)) {
        return false;
    }
    job->channel->running++;
    return true;
}

/* Every job that waits for the token hears why there is none. */
static void tell_all(struct courier *courier, struct channel *channel, const struct sent *why)
{
    struct job *job;

    while ((job = channel_take(courier, channel))) {
        struct sent sent = *why;

        sent.partial = value_copy(why->partial);
        tell(courier, job, &sent, NULL);
    }
}

static void ask_for_token(struct courier *courier, struct channel *channel, struct keys *keys)
{
    struct job *job = job_new();
    struct sent why = {.kind = SENT_BAD_CHANNEL};
    struct signing signing;
    struct err err = {0};

    job->channel = channel;
    job->keys = keys;
    keys->users++;
    signing = signing_of(job);
    channel->is_asking = true;
    if (channel->adapter->token_request(&signing, &job->request, &err) &&
        begin_fetch(courier, job, FETCH_TOTAL_MS, &err)) {
        return;
    }
    channel->is_asking = false;
    channel_give_back(courier, channel, keys);
    job_free(job);
    sent_say(&why, "token", err.text, strlen(err.text));
    why.hint_zh = "检查该渠道的 url 与密钥";
    why.hint_en = "check the channel's url and secrets";
    tell_all(courier, channel, &why);
}

static void refuse_start(struct courier *courier, struct job *job, const struct err *err)
{
    tell_failure(courier, job, err->kind == ERR_INTERNAL ? REPLY_CONNECT : REPLY_FORBIDDEN,
                 err->text);
}

/* The conf was checked when the channel was made. *fault tells whose the failure is. */
static bool build_request(struct job *job, enum sent_kind *fault, struct err *err)
{
    const struct adapter *adapter = job->channel->adapter;
    struct signing signing = signing_of(job);
    struct buf body;
    bool is_good;

    request_clear(&job->request);
    request_init(&job->request);
    buf_init(&body, REQUEST_BODY_MAX);
    *fault = SENT_BAD_CONTENT;
    is_good = signing.tree ||
              net_render(adapter, signing.conf, signing.message, signing.is_again, &body, err);
    if (is_good) {
        *fault = SENT_BAD_CHANNEL;
        is_good = adapter->request(&signing, &body, &job->request, err) &&
                  request_is_whole(&job->request, err);
    }
    buf_clear(&body);
    return is_good;
}

/* A job with its keys: its request is built and sent. False when there is no handle for it. */
static bool send_job(struct courier *courier, struct job *job)
{
    enum sent_kind fault;
    struct err err = {0};

    job->started = clock_micros();
    job->token_number = job->channel->token_number;
    if (!build_request(job, &fault, &err)) {
        tell_fault(courier, job, fault, err.text);
    } else if (strcmp(job->request.method, "FILE") == 0) {
        put_into_folder(courier, job);
    } else if (!begin_fetch(courier, job, rest_of(job), &err)) {
        if (err.kind == ERR_BUSY) {
            channel_give_back(courier, job->channel, job->keys);
            job->keys = NULL;
            channel_put(courier, job, true);
            return false;
        }
        refuse_start(courier, job, &err);
    }
    return true;
}

void job_drop_late(struct courier *courier, struct channel *channel)
{
    while (channel->first && rest_of(channel->first) <= 0) {
        job_tell_unsent(courier, channel_take(courier, channel),
                        SAY("没有轮到发送", "its turn did not come in time"));
    }
}

bool job_start_next(struct courier *courier, struct channel *channel)
{
    struct err err = {0};
    struct keys *keys;
    struct job *job;

    if (channel->is_asking || channel->running >= channel->at_once) {
        return false;
    }
    job = channel_take(courier, channel);
    if (channel->fault.kind != ERR_NONE) {
        tell_fault(courier, job, SENT_BAD_CHANNEL, channel->fault.text);
        return true;
    }
    if (!channel_keys(courier, channel, &keys, &err)) {
        tell_failure(courier, job, REPLY_SECRET, err.text);
        return true;
    }
    if (channel->adapter->token_request && !channel_has_token(channel)) {
        channel_put(courier, job, true);
        ask_for_token(courier, channel, keys);
        channel_give_back(courier, channel, keys);
        return false;
    }
    job->keys = keys;
    return send_job(courier, job);
}

/* ---- its end ---- */

/* Cuts the secrets out of an answer before anybody judges or shortens it: half a secret in a text
   that was cut off would not be found any more. */
static void clean_reply(const struct job *job, struct reply *reply, struct buf *page)
{
    if (secrets_cut(job->keys->secrets, reply->failure, strlen(reply->failure), page)) {
        snprintf(reply->failure, sizeof reply->failure, "%.199s", buf_text(page));
    }
    if (secrets_cut(job->keys->secrets, reply->body, reply->length, page)) {
        reply->body = buf_text(page);
        reply->length = page->length;
    }
}

static void finish_token(struct courier *courier, struct job *job, const struct reply *reply)
{
    struct channel *channel = job->channel;
    struct token token = {0};
    struct sent why = {0};

    channel->is_asking = false;
    if (channel->adapter->token_judge(reply, &token, &why)) {
        channel_set_token(channel, &token);
    } else {
        tell_all(courier, channel, &why);
    }
    secret_wipe(&token, sizeof token);
    sent_clear(&why);
    channel_give_back(courier, channel, job->keys);
    job_free(job);
}

static void finish_send(struct courier *courier, struct job *job, struct reply *reply)
{
    struct channel *channel = job->channel;
    struct sent sent;
    struct buf page;

    buf_init(&page, FETCH_ANSWER_MAX * 4);
    clean_reply(job, reply, &page);
    net_judge(channel->adapter, reply, &sent);
    if (sent.kind == SENT_AUTH_REFRESH && channel->adapter->token_request && !job->is_refreshed) {
        channel_drop_token(channel, job->token_number);
        channel_give_back(courier, channel, job->keys);
        sent_clear(&sent);
        job->keys = NULL;
        job->is_refreshed = true;
        channel_put(courier, job, true);
    } else {
        tell(courier, job, &sent, reply);
    }
    buf_clear(&page);
}

void job_finish(struct courier *courier, const struct fetch_end *end)
{
    struct job *job = end->owner;
    struct reply reply = end->reply;

    job->channel->running--;
    crash_point("courier.answered");
    if (job->wire.send.id) {
        finish_send(courier, job, &reply);
    } else {
        finish_token(courier, job, &reply);
    }
}
