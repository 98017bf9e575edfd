/* Details of a row, one list of keys for all kinds, so that a reason is worded the same wherever it
 * stands. */
#include "cli/words_notes.h"

#include <inttypes.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/text.h"

void notes_next(struct notes *notes)
{
    buf_add_text(notes->out, notes->has_any ? SAY("，", ", ") : SAY("（", " ("));
    notes->has_any = true;
}

void notes_end(struct notes *notes)
{
    if (notes->has_any) {
        buf_add_text(notes->out, SAY("）", ")"));
    }
}

static const struct key_words {
    const char *key;
    const char *zh, *zh_after;
    const char *en, *en_after;
    char kind; /* t text, s span, d instant or day, p person, n number */
} KEYS[] = {
    {"due", "至 ", "", "due ", "", 'd'},
    {"budget", "", "", "", "", 's'},
    {"base", "自 ", " 起", "from ", "", 'd'},
    {"was", "原为 ", "", "was ", "", 'd'},
    {"original", "最初为 ", "", "first ", "", 'd'},
    {"from", "自 ", " 起", "since ", "", 'd'},
    {"on", "于 ", "", "on ", "", 'd'},
    {"day", "", "", "on ", "", 'd'},
    {"planned", "原定 ", "", "planned for ", "", 'd'},
    {"expires", "", " 前审批", "to be signed by ", "", 'd'},
    {"basis", "依据：", "", "basis: ", "", 't'},
    {"reason", "", "", "", "", 'r'},
    {"why", "", "", "", "", 'r'},
    {"clock", "", "", "", "", 'r'},
    {"opinion", "意见：", "", "opinion: ", "", 't'},
    {"text", "", "", "", "", 't'},
    {"by", "", "", "by ", "", 'p'},
    {"outcome", "结果：", "", "outcome: ", "", 't'},
};

/* Words of the engine that stand where a person's reason may stand too. */
static const struct code_words {
    const char *code, *zh, *en;
} CODES[] = {
    {"early", "早于起算，不再提示", "its day lies before the start"},
    {"entered_higher", "从更高一级起", "the ladder was entered higher"},
    {"jumped", "越级", "jumped over"},
    {"skip", "按规则跳过", "skipped by rule"},
    {"missed", "停机期间错过", "missed during an outage"},
    {"missed_once", "停机期间错过，以后一级为准", "missed during an outage, a later one stands"},
    {"plan", "补办清单不再执行", "skipped on the catch-up list"},
    {"rejected", "已驳回", "rejected"},
    {"superseded", "所依据的日期已变", "the date it stood on has changed"},
    {"armed_again", "重新起算", "the deadline started again"},
    {"met", "已如期了结", "met in time"},
    {"closed", "案件已结", "the case ended"},
    {"submitted", "因报送", "because of the submission"},
    {"returned", "因退回", "because of the return"},
    {"paused", "因暂停", "because of the pause"},
    {"resumed", "因恢复", "because it goes on"},
    {"extended", "因延期", "because of the extension"},
    {"corrected", "因更正", "because of a correction"},
    {"record_changed", "因登记内容变更", "because the record changed"},
    {"calendar_changed", "因日历变更", "because the calendar changed"},
    {"continue", "接续计时", "the clock goes on"},
    {"restart", "重新计时", "the clock starts again"},
    {"no_start_day", "未能起算：起算日期没有填写",
     "could not start: its first day is not filled in"},
    {"no_budget", "未能起算：没有可用的办理期限", "could not start: it has no usable budget"},
    {"ladder_stopped", "上级案件的阶梯已停止", "the ladder of the parent case was stopped"},
    {"nobody", "无人可收", "nobody to receive it"},
};

/* A code in words; a fact or state by its title; anything else is what a person wrote. */
static void add_reason(const struct labels *labels, const char *text, struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(CODES); i++) {
        if (strcmp(CODES[i].code, text) == 0) {
            buf_add_text(out, SAY(CODES[i].zh, CODES[i].en));
            return;
        }
    }
    if (value_get(value_get(labels->about, "facts"), text)) {
        buf_add_text(out, label_title(labels->about, "facts", text));
    } else if (value_get(value_get(labels->about, "states"), text)) {
        buf_add_text(out, label_title(labels->about, "states", text));
    } else {
        buf_add_format(out, "%s%s", SAY("理由：", "reason: "), text);
    }
}

static void add_instant(const struct value *value, struct buf *out)
{
    char text[24];

    if (value_kind(value) != VALUE_INT) {
        buf_add_text(out, value_text(value) ? value_text(value) : "");
        return;
    }
    if (value_int(value, 0) < INT64_C(1000000)) { /* days stay below this for two millennia */
        clock_format_day(value_int(value, 0), text);
    } else {
        clock_format_instant(value_int(value, 0), text);
        text[16] = '\0'; /* minutes are enough */
    }
    buf_add_text(out, text);
}

static bool is_worth_saying(const struct key_words *key, const struct value *value)
{
    const char *text = value_text(value);

    if (text) {
        return *text && strchr("tdpr", key->kind) != NULL;
    }
    if (value_kind(value) == VALUE_MAP) {
        return key->kind == 's' && value_get_text(value, "kind") != NULL;
    }
    return value_kind(value) == VALUE_INT && strchr("dn", key->kind) != NULL;
}

static void add_note(struct notes *notes, const struct labels *labels, const struct key_words *key,
                     const struct value *value)
{
    notes_next(notes);
    buf_add_text(notes->out, SAY(key->zh, key->en));
    if (key->kind == 's') {
        label_span(value, notes->out);
    } else if (key->kind == 'd') {
        add_instant(value, notes->out);
    } else if (key->kind == 'p') {
        label_person(labels, value_text(value), notes->out);
    } else if (key->kind == 'r') {
        add_reason(labels, value_text(value), notes->out);
    } else {
        buf_add_text(notes->out, value_text(value));
    }
    buf_add_text(notes->out, SAY(key->zh_after, key->en_after));
}

static bool is_told(const char *told, const char *key)
{
    const char *at = told ? strstr(told, key) : NULL;
    size_t length = strlen(key);

    return at && at[-1] == ' ' && (at[length] == ' ' || at[length] == '\0');
}

void notes_add(struct notes *notes, const struct labels *labels, const struct value *body,
               const char *told)
{
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        const struct value *value = value_get(body, KEYS[i].key);

        if (is_worth_saying(&KEYS[i], value) && !is_told(told, KEYS[i].key)) {
            add_note(notes, labels, &KEYS[i], value);
        }
    }
    if (value_get_bool(body, "late")) {
        notes_next(notes);
        buf_add_text(notes->out, SAY("已逾期", "late"));
    }
    if (value_get_bool(body, "provisional")) {
        notes_next(notes);
        buf_add_text(notes->out, SAY("日历未公布，暂定", "provisional: calendar not published"));
    }
}
