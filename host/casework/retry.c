/* The rules of trying again. Each outcome has one row; what a row cannot say (how often, how long,
   until when) is the same few steps for all. */
#include "casework/retry.h"

#include "base/base.h"
#include "base/text.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define CHANNEL_MS (30 * SECOND_MS) /* before the next try through a channel that is in doubt */
#define LAST_CHANCE_MS MINUTE_MS    /* less time than this is not worth another attempt */

static const int64_t SCHEDULE[RETRY_ATTEMPTS] = {
    0,           30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS,
    2 * HOUR_MS, 6 * HOUR_MS,    12 * HOUR_MS,  24 * HOUR_MS};

enum course {
    COURSE_END,      /* the fate of the rule stands */
    COURSE_SCHEDULE, /* again by the schedule, until it ends */
    COURSE_AT_ONCE,
    COURSE_PAUSE,   /* when the credential may again */
    COURSE_CHANNEL, /* when the channel may again */
    COURSE_DOUBT    /* as the platform treats repeats */
};

struct rule {
    enum course course;
    enum retry_fate fate; /* when it goes no further */
    bool counts;
    enum retry_circuit circuit;
};

static const struct rule RULES[] = {
    [SENT_ACCEPTED] = {COURSE_END, RETRY_SENT, true, RETRY_CIRCUIT_WORKS},
    [SENT_THROTTLED] = {COURSE_PAUSE, RETRY_DEAD, false, RETRY_CIRCUIT_SAME},
    [SENT_TRANSIENT] = {COURSE_SCHEDULE, RETRY_DEAD, true, RETRY_CIRCUIT_SAME},
    [SENT_AUTH_REFRESH] = {COURSE_AT_ONCE, RETRY_DEAD, false, RETRY_CIRCUIT_SAME},
    [SENT_BAD_CONTENT] = {COURSE_END, RETRY_DEAD, true, RETRY_CIRCUIT_WORKS},
    [SENT_BAD_CHANNEL] = {COURSE_CHANNEL, RETRY_DEAD, false, RETRY_CIRCUIT_FAILS},
    [SENT_UNKNOWN] = {COURSE_DOUBT, RETRY_ASK, true, RETRY_CIRCUIT_SAME},
};

/* FNV-1a with a finisher: not for secrets, only for spreading. */
static uint64_t scatter(const char *key, int64_t attempt)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const char *at = key; at && *at; at++) {
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    }
    hash = (hash ^ (uint64_t)attempt) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return hash ^ (hash >> 32);
}

int64_t retry_spread(const char *key, int64_t attempt, int64_t most)
{
    return most > 0 ? (int64_t)(scatter(key, attempt) % (uint64_t)most) : 0;
}

/* Four fifths to six fifths of it. */
static int64_t jitter(const char *key, int64_t attempt, int64_t ms)
{
    return ms / 1000 * (800 + retry_spread(key, attempt, 401));
}

int64_t retry_delay(const char *key, int64_t attempt, int64_t attempts)
{
    if (attempts < 0 || attempts >= RETRY_ATTEMPTS) {
        return -1;
    }
    return jitter(key, attempt, SCHEDULE[attempts]);
}

static int64_t clamp(int64_t ms)
{
    return ms < SECOND_MS ? SECOND_MS : ms > DAY_MS ? DAY_MS : ms;
}

static void end(struct retry_next *next, enum retry_fate fate, const char *why)
{
    next->fate = fate;
    next->delay_ms = 0;
    next->why = why;
}

static void schedule(const struct retry_past *past, struct retry_next *next, enum retry_fate fate)
{
    int64_t delay = retry_delay(past->key, past->attempt, past->attempts + 1);

    next->counts = true;
    if (delay < 0) {
        end(next, fate,
            fate == RETRY_ASK
                ? SAY("多次发送均无结果，不知是否送达", "sent many times, and no verdict came")
                : SAY("多次重试仍未成功", "every retry failed"));
        return;
    }
    next->fate = RETRY_LATER;
    next->delay_ms =
        past->after_ms && clamp(past->after_ms) > delay ? clamp(past->after_ms) : delay;
}

/* Nobody knows whether it arrived. A platform with a key sorts out repeats itself; any other gets
   one more, marked as such, and then a person is asked. */
static void doubt(const struct retry_past *past, struct retry_next *next)
{
    if (past->has_key) {
        schedule(past, next, RETRY_ASK);
    } else if (past->holds) {
        end(next, RETRY_ASK,
            SAY("不知是否送达，按设置不自动重发", "nobody knows whether it arrived; held as set"));
    } else if (past->unknowns > 0) {
        end(next, RETRY_ASK,
            SAY("重发后仍不知是否送达", "sent again, and still nobody knows whether it arrived"));
    } else if (past->attempts + 1 >= RETRY_ATTEMPTS) {
        end(next, RETRY_ASK, SAY("不知是否送达", "nobody knows whether it arrived"));
    } else {
        next->fate = RETRY_LATER;
        next->delay_ms = RETRY_AGAIN_MS;
    }
}

/* No attempt begins when the message is worth nothing any more; a delay that would reach beyond is
   halved into what is left. */
static void hurry(const struct retry_past *past, struct retry_next *next)
{
    bool is_doubtful = past->outcome == SENT_UNKNOWN || past->unknowns > 0;

    if (next->fate != RETRY_LATER || next->delay_ms < past->left_ms) {
        return;
    }
    if (past->left_ms >= LAST_CHANCE_MS) {
        next->delay_ms = past->left_ms / 2;
        return;
    }
    end(next, is_doubtful ? RETRY_ASK : RETRY_DEAD,
        is_doubtful ? SAY("不知是否送达，且已过时效",
                          "nobody knows whether it arrived, and it is out of date now")
                    : SAY("未能在时效内送达", "it could not be sent in time"));
}

void retry_decide(const struct retry_past *past, struct retry_next *next)
{
    const struct rule *rule = &RULES[past->outcome];

    *next = (struct retry_next){.counts = rule->counts, .circuit = rule->circuit, .why = ""};
    switch (rule->course) {
    case COURSE_END:
        end(next, rule->fate,
            rule->fate == RETRY_DEAD ? SAY("平台不接受这条内容", "the platform refuses this text")
                                     : "");
        break;
    case COURSE_SCHEDULE:
        schedule(past, next, rule->fate);
        break;
    case COURSE_AT_ONCE:
        if (past->was_refresh) {
            schedule(past, next, rule->fate);
        } else {
            next->fate = RETRY_LATER;
        }
        break;
    case COURSE_PAUSE:
        next->fate = RETRY_LATER;
        next->pause_ms = clamp(past->after_ms ? past->after_ms : past->pause_ms);
        break;
    case COURSE_CHANNEL:
        next->fate = RETRY_LATER;
        next->delay_ms = jitter(past->key, past->attempt, CHANNEL_MS);
        break;
    case COURSE_DOUBT:
        doubt(past, next);
        break;
    }
    hurry(past, next);
}
