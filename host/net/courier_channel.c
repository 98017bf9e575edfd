/* Channels as the courier knows them: made from the conf that comes with a job and kept while the
   same conf comes again, since most messages of a day go through a handful of them. */
#include "net/courier_parts.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/mem.h"
#include "base/text.h"

#define CONF_MAX ((size_t)1024 * 1024)
#define AT_ONCE 8
#define AT_ONCE_MAX 64
#define KEYS_MS INT64_C(5000)
#define IDLE_MS INT64_C(30000)
#define TOKEN_MARGIN_MS INT64_C(300000)

static const char TOKEN[] = "(token)";

static void keys_free(struct courier *courier, struct keys *keys)
{
    if (keys) {
        fetch_forget(courier->fetch, &keys->way);
        secrets_free(keys->secrets);
        mem_free(keys);
    }
}

static void channel_free(struct courier *courier, struct channel *channel)
{
    keys_free(courier, channel->keys);
    address_list_free(channel->allow);
    value_free(channel->conf);
    buf_clear(&channel->conf_bytes);
    secret_wipe(&channel->token, sizeof channel->token);
    mem_free(channel->name);
    mem_free(channel->kind);
    mem_free(channel);
}

static size_t at_once_of(const struct value *conf)
{
    int64_t number = value_get_int(conf, "at_once", AT_ONCE);

    return number < 1 ? 1 : number > AT_ONCE_MAX ? AT_ONCE_MAX : (size_t)number;
}

/* Everything about the conf that can be wrong is told by each message that wants through. */
static void read_conf(struct channel *channel)
{
    struct codec_in in;

    channel->adapter = adapter_find(channel->kind);
    codec_begin(&in, channel->conf_bytes.bytes, channel->conf_bytes.length);
    if (!codec_get_value(&in, &channel->conf)) {
        channel->conf = value_new_map();
    }
    channel->at_once = at_once_of(channel->conf);
    if (!channel->adapter) {
        err_set(&channel->fault, ERR_INVALID, SAY("没有 %s 这种渠道", "there is no kind \"%s\""),
                channel->kind);
    } else if (!adapter_check(channel->adapter, channel->conf, &channel->fault) ||
               !address_list_read(value_get(channel->conf, "allow"), &channel->allow,
                                  &channel->fault)) {
        err_add(&channel->fault, "%s", channel->name);
    }
}

struct channel *channel_of(struct courier *courier, const struct wire_job *job)
{
    struct channel *channel = courier->channels;

    while (channel &&
           (strcmp(channel->name, job->channel) != 0 || strcmp(channel->kind, job->kind) != 0 ||
            channel->conf_bytes.length != job->conf_length ||
            memcmp(channel->conf_bytes.bytes, job->conf, job->conf_length) != 0)) {
        channel = channel->next;
    }
    if (channel) {
        return channel;
    }
    channel = mem_new(sizeof *channel);
    channel->name = mem_text(job->channel);
    channel->kind = mem_text(job->kind);
    channel->last = &channel->first;
    buf_init(&channel->conf_bytes, CONF_MAX);
    buf_add(&channel->conf_bytes, job->conf, job->conf_length);
    read_conf(channel);
    channel->next = courier->channels;
    courier->channels = channel;
    return channel;
}

void channel_put(struct courier *courier, struct job *job, bool in_front)
{
    struct channel *channel = job->channel;

    courier->waiting++;
    if (in_front) {
        job->next = channel->first;
        channel->first = job;
        if (!job->next) {
            channel->last = &job->next;
        }
    } else {
        job->next = NULL;
        *channel->last = job;
        channel->last = &job->next;
    }
}

struct job *channel_take(struct courier *courier, struct channel *channel)
{
    struct job *job = channel->first;

    if (job) {
        courier->waiting--;
        channel->first = job->next;
        if (!channel->first) {
            channel->last = &channel->first;
        }
        job->next = NULL;
    }
    return job;
}

/* ---- keys ---- */

static bool add_secret(struct secrets *secrets, const struct value *conf, const char *name,
                       struct err *err)
{
    const struct value *reference = value_get(conf, name);

    return !reference || secrets_add(secrets, name, value_text(reference), err);
}

/* The kind's own secrets, the key of a client certificate, and the named ones of a Lua channel. */
static bool read_secrets(const struct channel *channel, struct secrets *secrets, struct err *err)
{
    const struct value *named = value_get(channel->conf, "secrets");

    for (const char *const *at = channel->adapter->secrets; at && *at; at++) {
        if (!add_secret(secrets, channel->conf, *at, err)) {
            return false;
        }
    }
    for (size_t i = 0; value_kind(named) == VALUE_MAP && i < value_count(named); i++) {
        if (!add_secret(secrets, named, value_key_at(named, i), err)) {
            return false;
        }
    }
    return add_secret(secrets, channel->conf, "cert_key", err);
}

static struct keys *keys_new(struct courier *courier, const struct channel *channel,
                             struct err *err)
{
    struct keys *keys = mem_new(sizeof *keys);

    keys->made = clock_steady();
    keys->secrets = secrets_new(courier->environment);
    if (!read_secrets(channel, keys->secrets, err)) {
        keys_free(courier, keys);
        return NULL;
    }
    keys->way = (struct fetch_way){
        .number = ++courier->ways,
        .allow = channel->allow,
        .ca = value_get_text(channel->conf, "ca"),
        .cert = value_get_text(channel->conf, "cert"),
        .key = value_get_text(secrets_map(keys->secrets), "cert_key"),
        .proxy = value_get_text(channel->conf, "proxy"),
    };
    if (channel->token_until) {
        secrets_put(keys->secrets, TOKEN, channel->token.text);
    }
    return keys;
}

bool channel_keys(struct courier *courier, struct channel *channel, struct keys **out,
                  struct err *err)
{
    struct keys *old = channel->keys;

    if (!old || clock_steady() - old->made > KEYS_MS) {
        struct keys *fresh = keys_new(courier, channel, err);

        if (!fresh) {
            return false;
        }
        channel->keys = fresh;
        if (old && old->users == 0) {
            keys_free(courier, old);
        }
    }
    channel->keys->users++;
    *out = channel->keys;
    return true;
}

void channel_give_back(struct courier *courier, struct channel *channel, struct keys *keys)
{
    if (keys && --keys->users == 0 && keys != channel->keys) {
        keys_free(courier, keys);
    }
}

/* ---- the token ---- */

void channel_set_token(struct channel *channel, const struct token *token)
{
    int64_t lives = token->lives_ms > 2 * TOKEN_MARGIN_MS ? token->lives_ms - TOKEN_MARGIN_MS
                                                          : token->lives_ms / 2;

    channel->token = *token;
    channel->token_until = clock_steady() + (lives > 0 ? lives : 1);
    channel->token_number++;
    if (channel->keys) {
        secrets_put(channel->keys->secrets, TOKEN, token->text);
    }
}

void channel_drop_token(struct channel *channel, int64_t number)
{
    if (channel->token_number == number) {
        channel->token_until = 0;
    }
}

bool channel_has_token(const struct channel *channel)
{
    return channel->token_until > clock_steady();
}

/* ---- the end ---- */

static bool is_idle(struct channel *channel, int64_t now)
{
    if (channel->first || channel->running) {
        channel->idle_since = 0;
        return false;
    }
    if (!channel->idle_since) {
        channel->idle_since = now;
    }
    return now - channel->idle_since > IDLE_MS && !channel_has_token(channel);
}

/* Without work its secrets go first, the channel later; one with a token stays as long as that. */
void channels_tidy(struct courier *courier, bool all)
{
    int64_t now = clock_steady();
    struct channel **at = &courier->channels;

    while (*at) {
        struct channel *channel = *at;

        if (all || is_idle(channel, now)) {
            struct job *job;

            while ((job = channel_take(courier, channel))) {
                job_free(job);
            }
            *at = channel->next;
            channel_free(courier, channel);
            continue;
        }
        if (channel->idle_since && channel->keys && channel->keys->users == 0 &&
            now - channel->keys->made > KEYS_MS) {
            keys_free(courier, channel->keys);
            channel->keys = NULL;
        }
        at = &channel->next;
    }
}
