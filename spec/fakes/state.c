/* What the fakes remember and what a spec may tell them: settings, faults to come, tallies, a clock
   that can be moved. */
#include "fakes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

#define REQUESTS_KEPT 200
#define FAULTS_MAX 64
#define RATES_MAX 16
#define TIMES_MAX 256

struct rate {
    char platform[32];
    int64_t times[TIMES_MAX];
    int count;
    int64_t shut_until;
};

static struct {
    pthread_mutex_t lock;
    struct value *conf;
    struct value *arrivals; /* platform → key → count */
    struct value *requests;
    struct value *faults[FAULTS_MAX];
    int fault_count;
    struct rate rates[RATES_MAX];
    int64_t moved_ms;
    int64_t connections;
    int64_t tokens;
    int64_t first_token; /* older ones have expired */
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *const DEFAULTS[][2] = {
    {"wecom_key", "wecom-test-key-693axxx6"},
    {"corpid", "ww-test-corp"},
    {"corpsecret", "corp-test-secret-0001"},
    {"ding_token", "ding-test-token-0001"},
    {"ding_secret", "SEC000000000000000000000000000000000000000000000000000000000000dead"},
    {"ding_keyword", ""},
    {"feishu_token", "feishu-test-token-0001"},
    {"feishu_secret", "duban-test-secret"},
    {"hook_secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    {"mas_key", "mas-test-secret-0001"},
    {"mas_sign", "SignCode1"},
    {"smtp_user", ""},
    {"smtp_password", ""},
    {"client_ca", ""},
    {"unlimited", ""},
};

static void lock(void)
{
    pthread_mutex_lock(&state.lock);
}

static void unlock(void)
{
    pthread_mutex_unlock(&state.lock);
}

static void reset(void)
{
    value_free(state.conf);
    value_free(state.arrivals);
    value_free(state.requests);
    for (int i = 0; i < state.fault_count; i++) {
        value_free(state.faults[i]);
    }
    state.fault_count = 0;
    memset(state.rates, 0, sizeof state.rates);
    state.conf = value_new_map();
    state.arrivals = value_new_map();
    state.requests = value_new_list();
    state.connections = state.moved_ms = 0;
    state.first_token = state.tokens + 1;
    for (size_t i = 0; i < COUNT_OF(DEFAULTS); i++) {
        value_set_text(state.conf, DEFAULTS[i][0], DEFAULTS[i][1]);
    }
}

void state_init(void)
{
    reset();
}

char *state_conf(const char *name)
{
    char *text;

    lock();
    text = mem_text(value_get_text(state.conf, name));
    unlock();
    return text ? text : mem_text("");
}

static int64_t now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000 + state.moved_ms;
}

int64_t state_now(void)
{
    int64_t at;

    lock();
    at = now();
    unlock();
    return at;
}

static void drop_fault(int at)
{
    value_free(state.faults[at]);
    state.fault_count--;
    memmove(&state.faults[at], &state.faults[at + 1],
            (size_t)(state.fault_count - at) * sizeof state.faults[0]);
}

struct value *state_fault(const char *platform)
{
    struct value *found = NULL;

    lock();
    for (int i = 0; i < state.fault_count && !found; i++) {
        const char *wanted = value_get_text(state.faults[i], "platform");
        int64_t times = value_get_int(state.faults[i], "times", 1);

        if (wanted && strcmp(wanted, platform) != 0 && strcmp(wanted, "any") != 0) {
            continue;
        }
        found = value_copy(state.faults[i]);
        value_set_int(state.faults[i], "times", times - 1);
        if (times <= 1) {
            drop_fault(i);
        }
    }
    unlock();
    return found;
}

bool state_count(const char *platform, const char *key)
{
    struct value *keys;
    int64_t before;

    lock();
    if (!value_get(state.arrivals, platform)) {
        value_set(state.arrivals, platform, value_new_map());
    }
    keys = (struct value *)(uintptr_t)value_get(state.arrivals, platform);
    before = value_get_int(keys, key, 0);
    value_set_int(keys, key, before + 1);
    unlock();
    return before > 0;
}

void state_remember(struct value *request)
{
    lock();
    if (value_count(state.requests) >= REQUESTS_KEPT) {
        value_free(state.requests);
        state.requests = value_new_list();
    }
    value_push(state.requests, request);
    unlock();
}

void state_connected(void)
{
    lock();
    state.connections++;
    unlock();
}

static struct rate *rate_of(const char *platform)
{
    for (int i = 0; i < RATES_MAX; i++) {
        if (!state.rates[i].platform[0]) {
            snprintf(state.rates[i].platform, sizeof state.rates[i].platform, "%s", platform);
        }
        if (strcmp(state.rates[i].platform, platform) == 0) {
            return &state.rates[i];
        }
    }
    return &state.rates[RATES_MAX - 1];
}

bool state_is_too_fast(const char *platform, int most, int64_t window_ms, int64_t block_ms)
{
    struct rate *rate;
    int64_t at;
    int recent = 0;
    bool is_shut;

    lock();
    rate = rate_of(platform);
    at = now();
    for (int i = 0; i < rate->count; i++) {
        recent += at - rate->times[i] < window_ms;
    }
    if (recent >= most && at >= rate->shut_until) {
        rate->shut_until = block_ms ? at + block_ms : rate->times[rate->count - most] + window_ms;
    }
    is_shut = at < rate->shut_until && !value_get_text(state.conf, "unlimited")[0];
    if (!is_shut) {
        if (rate->count == TIMES_MAX) {
            rate->count--;
            memmove(rate->times, rate->times + 1, sizeof rate->times - sizeof rate->times[0]);
        }
        rate->times[rate->count++] = at;
    }
    unlock();
    return is_shut;
}

void state_new_token(char *out, size_t size)
{
    lock();
    state.tokens++;
    snprintf(out, size, "access-token-%06lld", (long long)state.tokens);
    unlock();
}

bool state_is_token(const char *text)
{
    long long number = text && strncmp(text, "access-token-", 13) == 0 ? atoll(text + 13) : 0;
    bool is_valid;

    lock();
    is_valid = number >= state.first_token && number <= state.tokens && number > 0;
    unlock();
    return is_valid;
}

/* ---- control ---- */

static void take_conf(const struct value *request)
{
    for (size_t i = 0; i < value_count(request); i++) {
        value_set(state.conf, value_key_at(request, i), value_copy(value_at(request, i)));
    }
}

static struct value *tally(void)
{
    struct value *made = value_new_map();
    int64_t total = 0;
    int64_t most = 0;

    for (size_t i = 0; i < value_count(state.arrivals); i++) {
        const struct value *keys = value_at(state.arrivals, i);

        for (size_t k = 0; k < value_count(keys); k++) {
            int64_t count = value_int(value_at(keys, k), 0);

            total += count;
            most = count > most ? count : most;
        }
    }
    value_set(made, "arrivals", value_copy(state.arrivals));
    value_set_int(made, "total", total);
    value_set_int(made, "most", most);
    value_set_int(made, "connections", state.connections);
    value_set_int(made, "tokens", state.tokens);
    return made;
}

struct value *state_control(const struct value *request)
{
    const char *op = value_get_text(request, "op");
    struct value *made = NULL;

    op = op ? op : "";
    lock();
    if (strcmp(op, "reset") == 0) {
        reset();
    } else if (strcmp(op, "config") == 0) {
        take_conf(request);
    } else if (strcmp(op, "fault") == 0 && state.fault_count < FAULTS_MAX) {
        state.faults[state.fault_count++] = value_copy(request);
    } else if (strcmp(op, "clock") == 0) {
        state.moved_ms += value_get_int(request, "add_ms", 0);
    } else if (strcmp(op, "expire") == 0) {
        state.first_token = state.tokens + 1;
    } else if (strcmp(op, "tally") == 0) {
        made = tally();
    } else if (strcmp(op, "requests") == 0) {
        made = value_copy(state.requests);
    } else {
        made = value_new_map();
        value_set_text(made, "error", "unknown op");
    }
    unlock();
    if (!made) {
        made = value_new_map();
        value_set_bool(made, "done", true);
    }
    return made;
}
