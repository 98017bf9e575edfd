/* The words for messages on their way. The platform's own words are shown as they came. */
#include "cli/messages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/text.h"
#include "casework/rights.h"

static const struct {
    const char *id, *zh;
    enum paint paint;
} STATES[] = {
    {"waiting", "待发", PAINT_NONE},  {"claimed", "在途", PAINT_YELLOW},
    {"sent", "已发", PAINT_GREEN},    {"unknown", "结果不明", PAINT_YELLOW},
    {"dead", "不达", PAINT_RED},      {"cancelled", "取消", PAINT_DIM},
    {"digested", "汇总", PAINT_NONE},
};

static const struct {
    const char *id, *zh, *en;
} OUTCOMES[] = {
    {"started", "在途", "under way"},
    {"accepted", "平台接收", "accepted"},
    {"throttled", "平台限流", "throttled"},
    {"transient", "暂时失败", "failed for now"},
    {"auth_refresh", "凭证过期", "token refused"},
    {"bad_content", "内容被拒", "content refused"},
    {"bad_channel", "渠道不可用", "channel unusable"},
    {"unknown", "结果不明", "no verdict"},
};

const char *messages_state(const char *status)
{
    for (size_t i = 0; i < COUNT_OF(STATES); i++) {
        if (strcmp(STATES[i].id, status) == 0) {
            return SAY(STATES[i].zh, STATES[i].id);
        }
    }
    return status;
}

enum paint messages_paint(const char *status)
{
    for (size_t i = 0; i < COUNT_OF(STATES); i++) {
        if (strcmp(STATES[i].id, status) == 0) {
            return STATES[i].paint;
        }
    }
    return PAINT_NONE;
}

const char *messages_find_state(const char *word)
{
    for (size_t i = 0; word && i < COUNT_OF(STATES); i++) {
        if (strcmp(STATES[i].id, word) == 0 || strcmp(STATES[i].zh, word) == 0) {
            return STATES[i].id;
        }
    }
    return NULL;
}

void messages_states(struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(STATES); i++) {
        buf_add_format(out, "%s%s", i ? SAY("、", ", ") : "", STATES[i].id);
        if (text_is_zh()) {
            buf_add_format(out, "（%s）", STATES[i].zh);
        }
    }
}

bool messages_read_id(const char *text, int64_t *id)
{
    *id = text && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < 19
              ? strtoll(text, NULL, 10)
              : 0;
    return *id > 0;
}

const char *messages_outcome(const char *outcome)
{
    for (size_t i = 0; i < COUNT_OF(OUTCOMES); i++) {
        if (strcmp(OUTCOMES[i].id, outcome) == 0) {
            return SAY(OUTCOMES[i].zh, OUTCOMES[i].en);
        }
    }
    return outcome;
}

static void set_instant(struct value *map, const char *key, int64_t instant)
{
    if (instant) {
        value_set_int(map, key, instant);
    }
}

struct value *messages_map(const struct outbox_line *line)
{
    struct value *map = value_new_map();

    value_set_int(map, "id", line->outbox_id);
    value_set_int(map, "created_at", line->created_at);
    value_set_text(map, "number", line->number);
    value_set_text(map, "key", line->effect_key);
    value_set_text(map, "person", line->person);
    value_set_text(map, "person_name", line->person_name);
    value_set_text(map, "unit", line->unit_name);
    value_set_text(map, "template", line->template);
    value_set_text(map, "status", line->status);
    value_set_text(map, "channel", line->channel);
    value_set_int(map, "priority", line->priority);
    value_set_int(map, "attempts_counted", line->attempts);
    value_set_text(map, "reason", line->reason[0] ? line->reason : NULL);
    set_instant(map, "hold_until", line->hold_until);
    set_instant(map, "expires_at", line->expires_at);
    set_instant(map, "seen_at", line->seen_at);
    return map;
}

static bool add_attempt(void *context, const struct outbox_attempt *attempt)
{
    struct value *map = value_new_map();

    value_set_int(map, "attempt", attempt->attempt);
    value_set_text(map, "channel", attempt->channel);
    value_set_int(map, "at", attempt->at);
    if (attempt->micros >= 0) {
        value_set_int(map, "micros", attempt->micros);
    }
    value_set_int(map, "bytes", attempt->bytes);
    value_set_int(map, "status", attempt->status);
    value_set_text(map, "code", attempt->code);
    value_set_text(map, "text", attempt->text);
    value_set_text(map, "outcome", attempt->outcome);
    value_push(context, map);
    return true;
}

bool messages_attempts(struct house *house, int64_t outbox_id, struct value **list, struct err *err)
{
    struct value *found = value_new_list();

    if (!outbox_attempts(house->site->store, outbox_id, add_attempt, found, err)) {
        value_free(found);
        return false;
    }
    *list = found;
    return true;
}

void messages_say_words(int64_t status, const char *code, const char *text, struct buf *out)
{
    char number[24];

    snprintf(number, sizeof number, "%" PRId64, status);
    if (status) {
        buf_add_format(out, "  %s", number);
    }
    if (code && *code && strcmp(code, number) != 0) {
        buf_add_format(out, "  %s", code);
    }
    if (text && *text) {
        buf_add_format(out, "  %s", text);
    }
}

void messages_say_attempt(const struct value *attempt, struct buf *out)
{
    const char *code = value_get_text(attempt, "code");
    const char *text = value_get_text(attempt, "text");
    int64_t status = value_get_int(attempt, "status", 0);
    int64_t micros = value_get_int(attempt, "micros", -1);
    char at[24];

    clock_format_instant(value_get_int(attempt, "at", 0), at);
    buf_add_format(out, "%s  %s  %s", at, value_get_text(attempt, "channel"),
                   messages_outcome(value_get_text(attempt, "outcome")));
    messages_say_words(status, code, text, out);
    if (micros >= 0) {
        buf_add_format(out, SAY("  （%" PRId64 " 毫秒）", "  (%" PRId64 " ms)"), micros / 1000);
    }
}

bool messages_need_admin(struct house *house, struct err *err)
{
    struct value *principals = value_new_list();
    struct value *admin = value_new_map();
    const struct rights_question question = {.office_id = house->office_id,
                                             .person_id = house->actor.person_id,
                                             .principals = principals,
                                             .day = clock_day(site_now(house->site))};
    bool ok;

    value_set_text(admin, "kind", "role");
    value_set_text(admin, "role", "admin");
    value_push(principals, admin);
    ok = rights_may(house->site, &question, NULL, err);
    value_free(principals);
    return ok;
}
