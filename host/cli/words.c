/* The history of a case in sentences. Each kind of row has one line in a table: what its name names, the
   sentence around that title, and a function where more is worth saying. Data that a row carries beyond
   that (a reason, a day, a basis) is added in brackets by one list of keys, the same for all kinds. */
#include "cli/words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

/* A list of details in brackets, opened with the first. */
struct notes {
    struct buf *out;
    bool has_any;
};

static void begin_note(struct notes *notes)
{
    buf_add_text(notes->out, notes->has_any ? SAY("，", ", ") : SAY("（", " ("));
    notes->has_any = true;
}

static void end_notes(struct notes *notes)
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
    {"from", "原为 ", "", "was ", "", 'd'},
    {"was", "原为 ", "", "was ", "", 'd'},
    {"to", "改为 ", "", "now ", "", 'd'},
    {"on", "", "", "on ", "", 'd'},
    {"day", "", "", "on ", "", 'd'},
    {"planned", "原定 ", "", "planned for ", "", 'd'},
    {"expires", "", " 前审批", "to be signed by ", "", 'd'},
    {"added", "加 ", "", "plus ", "", 's'},
    {"basis", "依据：", "", "basis: ", "", 't'},
    {"reason", "理由：", "", "reason: ", "", 't'},
    {"why", "", "", "", "", 't'},
    {"opinion", "意见：", "", "opinion: ", "", 't'},
    {"text", "", "", "", "", 't'},
    {"by", "", "", "by ", "", 'p'},
    {"outcome", "结果：", "", "outcome: ", "", 't'},
};

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
        return *text && strchr("tdp", key->kind) != NULL;
    }
    if (value_kind(value) == VALUE_MAP) {
        return key->kind == 's' && value_get_text(value, "kind") != NULL;
    }
    return value_kind(value) == VALUE_INT && strchr("dn", key->kind) != NULL;
}

static void add_note(struct notes *notes, const struct labels *labels, const struct key_words *key,
                     const struct value *value)
{
    begin_note(notes);
    buf_add_text(notes->out, SAY(key->zh, key->en));
    if (key->kind == 's') {
        label_span(value, notes->out);
    } else if (key->kind == 'd') {
        add_instant(value, notes->out);
    } else if (key->kind == 'p') {
        label_person(labels, value_text(value), notes->out);
    } else {
        buf_add_text(notes->out, value_text(value));
    }
    buf_add_text(notes->out, SAY(key->zh_after, key->en_after));
}

static void add_notes(struct notes *notes, const struct labels *labels, const struct value *body)
{
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        const struct value *value = value_get(body, KEYS[i].key);

        if (is_worth_saying(&KEYS[i], value)) {
            add_note(notes, labels, &KEYS[i], value);
        }
    }
    if (value_get_bool(body, "provisional")) {
        begin_note(notes);
        buf_add_text(notes->out, SAY("日历未公布，暂定", "provisional: calendar not published"));
    }
}

/* "逾期未办结·电话提醒": the ladder's title where the version tells it, and the step's. */
static void add_step(const struct value *about, const char *name, struct buf *out)
{
    const char *slash = strchr(name, '/');
    const char *title = label_title(about, "steps", name);

    if (slash) {
        char *ladder = mem_text_n(name, (size_t)(slash - name));
        const char *of = label_title(about, "ladders", ladder);

        if (value_get(value_get(about, "ladders"), ladder)) {
            buf_add_format(out, "%s·", of);
        }
        mem_free(ladder);
    }
    buf_add_text(out, title);
}

/* "超过办理时限 1 个工作日": from the offset and the deadline the rung stands at. */
static void add_offset(const struct value *about, const struct value *body, struct buf *out)
{
    const char *deadline = value_get_text(body, "deadline");
    const struct value *span = value_get(body, "offset");
    const char *after = value_get_text(body, "after");
    const char *title = after ? label_title(about, "steps", after)
                              : deadline ? label_title(about, "deadlines", deadline) : NULL;
    int64_t n = value_get_int(span, "n", 0);
    struct value *size;

    if (!title || value_kind(span) != VALUE_MAP) {
        return;
    }
    size = value_copy(span);
    value_set_int(size, "n", n < 0 ? -n : n);
    if (text_is_zh()) {
        buf_add_format(out, n < 0 ? "距%s还有 " : after ? "%s之后 " : n ? "超过%s " : "到达%s", title);
        if (n) {
            label_span(size, out);
        }
    } else {
        if (n) {
            label_span(size, out);
        }
        buf_add_format(out, n < 0 ? " before %s" : n ? " after %s" : "at %s", title);
    }
    value_free(size);
}

/* Functions of single kinds: they write the whole sentence but the closing bracket. */
typedef void say_kind(const struct labels *labels, const struct words_row *row, struct notes *notes);

static void say_fact(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    const struct value *form = value_get(row->body, "form");
    bool is_opened = strcmp(row->name, "opened") == 0;
    struct buf text;

    buf_init(&text, 65536);
    if (is_opened) {
        const char *parent = value_get_text(value_get(row->body, "parent"), "number");

        buf_add_text(notes->out, SAY("立案", "opened"));
        if (parent) {
            begin_note(notes);
            buf_add_format(notes->out, SAY("由 %s", "by %s"), parent);
        }
    } else {
        buf_add_text(notes->out, label_title(labels->about, "facts", row->name));
        label_values(labels, label_form_of(labels->about, row->name), form, &text);
    }
    if (text.length) {
        begin_note(notes);
        buf_add_text(notes->out, buf_text(&text));
    }
    buf_clear(&text);
}

static void say_timer(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    const char *passed = strstr(row->name, ":passed");

    if (passed) {
        char *deadline = mem_text_n(row->name, (size_t)(passed - row->name));

        buf_add_format(notes->out, SAY("%s 期满", "%s runs out"),
                       label_title(labels->about, "deadlines", deadline));
        mem_free(deadline);
    } else if (strncmp(row->name, "proposal:", 9) == 0) {
        buf_add_text(notes->out, SAY("审批期限到", "time to sign is over"));
    } else {
        add_step(labels->about, row->name, notes->out);
        buf_add_text(notes->out, SAY(" 到时", " is due"));
    }
}

static void say_step(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    static const struct {
        const char *kind, *zh, *en;
    } ENDS[] = {
        {"rung", " 触发", " is reached"},         {"skipped", " 跳过", " is skipped"},
        {"held", " 暂缓", " is held"},             {"superseded", " 作废重排", " is superseded"},
        {"planned", " 列入补办清单", " waits on the catch-up list"},
        {"jumped", " 越级", " jumps ahead"},
    };
    struct buf why;

    add_step(labels->about, row->name, notes->out);
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        if (strcmp(row->kind, ENDS[i].kind) == 0) {
            buf_add_text(notes->out, SAY(ENDS[i].zh, ENDS[i].en));
        }
    }
    buf_init(&why, 4096);
    add_offset(labels->about, row->body, &why);
    if (why.length) {
        buf_add_format(notes->out, "%s%s", SAY("：", ": "), buf_text(&why));
    }
    buf_clear(&why);
}

/* A proposal by its title, or by the step inside its key "ladder/arming/step/repeat#i". */
static void add_proposal(const struct labels *labels, const struct words_row *row, struct buf *out)
{
    const char *title = value_get_text(row->body, "title");
    const char *step = value_get_text(row->body, "step");
    const char *ladder = value_get_text(row->body, "ladder");
    char parts[3][64] = {{0}};

    if (title) {
        buf_add_text(out, title);
    } else if (step && ladder) {
        buf_add_format(out, "%s", label_title(labels->about, "steps", step));
    } else if (sscanf(row->name, "%63[^/]/%63[^/]/%63[^/]", parts[0], parts[1], parts[2]) == 3) {
        char key[132];

        snprintf(key, sizeof key, "%s/%s", parts[0], parts[2]);
        add_step(labels->about, key, out);
    } else {
        add_step(labels->about, row->name, out);
    }
}

static void say_proposal(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    static const struct {
        const char *kind, *zh, *en;
    } ENDS[] = {
        {"proposed", " 提请审批", " waits for approval"}, {"released", " 已批准，予以执行", " is released"},
        {"dropped", " 撤回", " is dropped"},              {"expired", " 逾期未批，退回经办人", " expired unsigned"},
        {"signed", " 已签一道，待下一道", " has one signature, waits for the next"},
        {"approved", " 批准", " is approved"},            {"rejected", " 驳回", " is rejected"},
    };

    add_proposal(labels, row, notes->out);
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        if (strcmp(row->kind, ENDS[i].kind) == 0) {
            buf_add_text(notes->out, SAY(ENDS[i].zh, ENDS[i].en));
        }
    }
}

static void say_child(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    const char *workflow = value_get_text(row->body, "workflow");
    bool is_closed = strcmp(row->kind, "child_closed") == 0;

    (void)labels;
    if (is_closed) {
        buf_add_format(notes->out, SAY("下级事项 %s 已结", "child case %s ended"), row->name);
    } else {
        buf_add_format(notes->out, SAY("已立下级事项 %s", "opened child case %s"), row->name);
    }
    if (workflow) {
        begin_note(notes);
        buf_add_text(notes->out, workflow);
    }
}

static void say_signal(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    const char *from = value_get_text(value_get(row->body, "from"), "number");

    (void)labels;
    buf_add_format(notes->out, SAY("收到来讯 %s", "signal %s"), row->name);
    if (from) {
        begin_note(notes);
        buf_add_format(notes->out, SAY("自 %s", "from %s"), from);
    }
}

static void say_plan_signed(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    (void)labels;
    buf_add_format(notes->out, SAY("补办清单已签：执行 %zu 项，不再执行 %zu 项", "catch-up list signed: %zu fired, %zu skipped"),
                   value_count(value_get(row->body, "fire")), value_count(value_get(row->body, "skip")));
}

static void say_unreachable(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    const char *who = value_get_text(row->body, "who");

    (void)labels;
    buf_add_text(notes->out, SAY("通知无人可收", "nobody to receive a message"));
    if (who) {
        begin_note(notes);
        buf_add_text(notes->out, who);
    }
}

static const struct sentence {
    const char *kind;
    const char *group; /* of ABOUT, for the title in place of %s */
    const char *zh, *en;
    say_kind *say; /* instead of the three above */
} SENTENCES[] = {
    {"fact", NULL, NULL, NULL, say_fact},
    {"timer", NULL, NULL, NULL, say_timer},
    {"approved", NULL, NULL, NULL, say_proposal},
    {"rejected", NULL, NULL, NULL, say_proposal},
    {"plan_signed", NULL, NULL, NULL, say_plan_signed},
    {"unreachable", NULL, NULL, NULL, say_unreachable},
    {"signal", NULL, NULL, NULL, say_signal},
    {"child_opened", NULL, NULL, NULL, say_child},
    {"child_closed", NULL, NULL, NULL, say_child},
    {"calendar_changed", "calendars", "工作日历变更", "the working calendar changed", NULL},
    {"moved", "versions", "改用新版本", "moved to another version", NULL},
    {"entered", "states", "进入 %s", "enters %s", NULL},
    {"armed", "deadlines", "%s 起算", "%s starts", NULL},
    {"redated", "deadlines", "%s 改期", "%s has a new date", NULL},
    {"submitted", "deadlines", "%s 停表：已报送", "%s stops: submitted", NULL},
    {"returned", "deadlines", "%s 续计：已退回", "%s goes on: returned", NULL},
    {"met", "deadlines", "%s 如期了结", "%s is met", NULL},
    {"passed", "deadlines", "%s 已过", "%s has passed", NULL},
    {"paused", "deadlines", "%s 暂停计时", "%s is paused", NULL},
    {"resumed", "deadlines", "%s 恢复计时", "%s goes on", NULL},
    {"extended", "deadlines", "%s 延期", "%s is extended", NULL},
    {"rung", NULL, NULL, NULL, say_step},
    {"skipped", NULL, NULL, NULL, say_step},
    {"held", NULL, NULL, NULL, say_step},
    {"superseded", NULL, NULL, NULL, say_step},
    {"planned", NULL, NULL, NULL, say_step},
    {"jumped", NULL, NULL, NULL, say_step},
    {"proposed", NULL, NULL, NULL, say_proposal},
    {"released", NULL, NULL, NULL, say_proposal},
    {"dropped", NULL, NULL, NULL, say_proposal},
    {"expired", NULL, NULL, NULL, say_proposal},
    {"signed", NULL, NULL, NULL, say_proposal},
    {"noted", "facts", "%s", "%s", NULL},
};

static const struct sentence *sentence_of(const char *kind)
{
    for (size_t i = 0; i < COUNT_OF(SENTENCES); i++) {
        if (strcmp(SENTENCES[i].kind, kind) == 0) {
            return &SENTENCES[i];
        }
    }
    return NULL;
}

/* The sentence with the title in place of its %s. */
static void fill(const char *sentence, const char *title, struct buf *out)
{
    const char *hole = strstr(sentence, "%s");

    if (!hole) {
        buf_add_text(out, sentence);
        return;
    }
    buf_add(out, sentence, (size_t)(hole - sentence));
    buf_add_text(out, title);
    buf_add_text(out, hole + 2);
}

void words_say(const struct labels *labels, const struct words_row *row, struct buf *out)
{
    const struct sentence *sentence = sentence_of(row->kind);
    struct notes notes = {.out = out};

    if (!sentence) {
        buf_add_format(out, "%s %s", row->kind, row->name);
    } else if (sentence->say) {
        sentence->say(labels, row, &notes);
    } else {
        fill(SAY(sentence->zh, sentence->en), label_title(labels->about, sentence->group, row->name), out);
    }
    if (row->body) {
        add_notes(&notes, labels, row->body);
    } else {
        begin_note(&notes);
        buf_add_text(out, SAY("内容已依法销毁", "the payload was lawfully destroyed"));
    }
    end_notes(&notes);
}

bool words_is_noise(const struct words_row *row)
{
    return strcmp(row->kind, "timer") == 0;
}
