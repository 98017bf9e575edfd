/* The history of a case in sentences. Each kind of row has one line in a table: what its name
   names, the sentence around that title, and a function where more is worth saying. What else a row
   carries (a reason, a day, a basis) is added in brackets by words_notes.c. */
#include "cli/words.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/base.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/words_notes.h"

/* "逾期未办结·电话提醒": the ladder's title where the version tells it, and the step's. The passing
   of a deadline, "finish:passed", can be superseded like a step. */
static void add_step(const struct value *about, const char *name, struct buf *out)
{
    const char *slash = strchr(name, '/');
    const char *passed = strstr(name, ":passed");
    const char *title = label_title(about, "steps", name);

    if (passed) {
        char *deadline = mem_text_n(name, (size_t)(passed - name));

        buf_add_format(out, SAY("%s 届满一事", "the passing of %s"),
                       label_title(about, "deadlines", deadline));
        mem_free(deadline);
        return;
    }
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

/* Functions of single kinds: they write the whole sentence but the closing bracket. */
typedef void say_kind(const struct labels *labels, const struct words_row *row,
                      struct notes *notes);

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
            notes_next(notes);
            buf_add_format(notes->out, SAY("由 %s", "by %s"), parent);
        }
    } else {
        buf_add_text(notes->out, label_title(labels->about, "facts", row->name));
        label_values(labels, label_form_of(labels->about, row->name), form, &text);
    }
    if (text.length) {
        notes_next(notes);
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
        {"rung", " 触发", " is reached"},
        {"skipped", " 跳过", " is skipped"},
        {"superseded", " 作废重排", " is superseded"},
        {"planned", " 列入补办清单", " waits on the catch-up list"},
        {"jumped", " 越级", " jumps ahead"},
    };
    const char *to = value_get_text(row->body, "to");

    add_step(labels->about, row->name, notes->out);
    for (size_t i = 0; i < COUNT_OF(ENDS); i++) {
        if (strcmp(row->kind, ENDS[i].kind) == 0) {
            buf_add_text(notes->out, SAY(ENDS[i].zh, ENDS[i].en));
        }
    }
    if (to && strcmp(row->kind, "jumped") == 0) {
        struct buf goal;

        buf_init(&goal, 512);
        buf_add_format(&goal, "%.*s%s", (int)(strcspn(row->name, "/") + 1), row->name, to);
        buf_add_format(notes->out, "%s%s", SAY("至 ", " to "),
                       label_title(labels->about, "steps", buf_text(&goal)));
        buf_clear(&goal);
    }
    if (row->because && strcmp(row->kind, "rung") == 0) {
        buf_add_format(notes->out, "%s%s", SAY("：", ": "), row->because);
    }
}

/* "ladder/step" out of the key "ladder/arming/step/repeat#i"; false when it is no such key. */
static bool step_of_key(const char *key, struct buf *step)
{
    const char *arming = strchr(key, '/');
    const char *name = arming ? strchr(arming + 1, '/') : NULL;

    if (!name || arming == key || name[1] == '\0') {
        return false;
    }
    buf_add(step, key, (size_t)(arming - key));
    buf_add(step, name, 1 + strcspn(name + 1, "/"));
    return true;
}

/* A proposal by its title, or by the step inside its key. */
static void add_proposal(const struct labels *labels, const struct words_row *row, struct buf *out)
{
    const char *title = value_get_text(row->body, "title");
    const char *step = value_get_text(row->body, "step");
    const char *ladder = value_get_text(row->body, "ladder");
    struct buf key;

    buf_init(&key, 1024);
    if (title) {
        buf_add_text(out, title);
    } else if (step && ladder) {
        buf_add_format(out, "%s", label_title(labels->about, "steps", step));
    } else {
        add_step(labels->about, step_of_key(row->name, &key) ? buf_text(&key) : row->name, out);
    }
    buf_clear(&key);
}

static void say_proposal(const struct labels *labels, const struct words_row *row,
                         struct notes *notes)
{
    static const struct {
        const char *kind, *zh, *en;
    } ENDS[] = {
        {"proposed", " 提请审批", " waits for approval"},
        {"released", " 已批准，予以执行", " is released"},
        {"dropped", " 撤回", " is dropped"},
        {"expired", " 逾期未批，退回经办人", " expired unsigned"},
        {"signed", " 已签", " is signed"},
        {"approved", " 批准", " is approved"},
        {"rejected", " 驳回", " is rejected"},
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
    const char *outcome = value_get_text(row->body, "outcome");
    bool is_closed = strcmp(row->kind, "child_closed") == 0;

    if (is_closed) {
        buf_add_format(notes->out, SAY("下级事项 %s 已结", "child case %s ended"), row->name);
    } else {
        buf_add_format(notes->out, SAY("已立下级事项 %s", "opened child case %s"), row->name);
    }
    if (workflow) {
        notes_next(notes);
        label_workflow(labels, workflow, notes->out);
    }
    if (outcome && is_closed) {
        notes_next(notes);
        buf_add_text(notes->out, SAY("结果：", "outcome: "));
        label_outcome(labels, row->name, outcome, notes->out);
    }
}

static void say_entered(const struct labels *labels, const struct words_row *row,
                        struct notes *notes)
{
    const char *from = value_get_text(row->body, "from");
    const char *by = value_get_text(row->body, "by");

    buf_add_format(notes->out, SAY("进入 %s", "enters %s"),
                   label_title(labels->about, "states", row->name));
    if (from) {
        notes_next(notes);
        buf_add_format(notes->out, SAY("原 %s", "from %s"),
                       label_title(labels->about, "states", from));
    }
    if (by && strcmp(by, "opened") != 0) {
        notes_next(notes);
        buf_add_format(notes->out, SAY("因 %s", "after %s"),
                       label_title(labels->about, "facts", by));
    }
}

static void say_armed(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    const char *due = value_get_text(row->body, "due");
    bool is_open = due && strcmp(due, "open") == 0;

    buf_add_format(notes->out, "%s %s", label_title(labels->about, "deadlines", row->name),
                   is_open ? SAY("长期，不设期限", "is open-ended")
                   : due   ? due
                           : "");
    if (value_kind(value_get(row->body, "budget")) == VALUE_MAP && !is_open) {
        notes_next(notes);
        label_span(value_get(row->body, "budget"), notes->out);
    }
}

/* A deadline goes on, or a ladder does. */
static void say_held(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    bool is_deadline = value_get(value_get(labels->about, "deadlines"), row->name) != NULL;
    bool is_held = strcmp(row->kind, "held") == 0;
    const char *title =
        label_title(labels->about, is_deadline ? "deadlines" : "ladders", row->name);

    if (title != row->name) {
        buf_add_format(notes->out, "%s ", title);
    }
    if (is_deadline) {
        buf_add_text(notes->out, SAY("恢复计时", "goes on"));
    } else {
        buf_add_text(notes->out, is_held ? SAY("逐级处置暂缓", "the ladder is held")
                                         : SAY("逐级处置恢复", "the ladder goes on"));
    }
}

/* A deadline stands or goes on; the row says after which fact, state or signal. */
static void say_stands(const struct labels *labels, const struct words_row *row,
                       struct notes *notes)
{
    const char *by = value_get_text(row->body, "by");
    bool is_fact = by && value_get(value_get(labels->about, "facts"), by);

    buf_add_format(notes->out,
                   strcmp(row->kind, "submitted") == 0 ? SAY("%s 停表", "%s stands")
                                                       : SAY("%s 续计", "%s goes on"),
                   label_title(labels->about, "deadlines", row->name));
    if (by) {
        notes_next(notes);
        buf_add_format(notes->out, SAY("因 %s", "after %s"),
                       label_title(labels->about, is_fact ? "facts" : "states", by));
    }
}

static void say_noted(const struct labels *labels, const struct words_row *row, struct notes *notes)
{
    bool is_deadline = value_get(value_get(labels->about, "deadlines"), row->name) != NULL;

    if (strchr(row->name, '/')) {
        buf_add_text(notes->out, SAY("通知", "a message"));
    } else {
        buf_add_text(notes->out,
                     label_title(labels->about, is_deadline ? "deadlines" : "facts", row->name));
    }
}

static void say_signal(const struct labels *labels, const struct words_row *row,
                       struct notes *notes)
{
    const char *from = value_get_text(value_get(row->body, "from"), "number");

    (void)labels;
    buf_add_format(notes->out, SAY("收到信号 %s", "signal %s"), row->name);
    if (from) {
        notes_next(notes);
        buf_add_format(notes->out, SAY("自 %s", "from %s"), from);
    }
}

static void say_plan_signed(const struct labels *labels, const struct words_row *row,
                            struct notes *notes)
{
    (void)labels;
    buf_add_format(notes->out,
                   SAY("补办清单已签：执行 %zu 项，不再执行 %zu 项",
                       "catch-up list signed: %zu fired, %zu skipped"),
                   value_count(value_get(row->body, "fire")),
                   value_count(value_get(row->body, "skip")));
}

static void say_unreachable(const struct labels *labels, const struct words_row *row,
                            struct notes *notes)
{
    const char *who = value_get_text(row->body, "who");

    (void)labels;
    buf_add_text(notes->out, SAY("通知无人可收", "nobody to receive a message"));
    if (who) {
        notes_next(notes);
        buf_add_text(notes->out, who);
    }
}

static const struct sentence {
    const char *kind;
    const char *group; /* of ABOUT, for the title in place of %s */
    const char *zh, *en;
    say_kind *say;    /* instead of the three above */
    const char *told; /* keys of the body that say told already, each after a blank */
} SENTENCES[] = {
    {"fact", NULL, NULL, NULL, say_fact, " text"},
    {"timer", NULL, NULL, NULL, say_timer, NULL},
    {"approved", NULL, NULL, NULL, say_proposal, NULL},
    {"rejected", NULL, NULL, NULL, say_proposal, NULL},
    {"plan_signed", NULL, NULL, NULL, say_plan_signed, NULL},
    {"unreachable", NULL, NULL, NULL, say_unreachable, " who"},
    {"signal", NULL, NULL, NULL, say_signal, " from"},
    {"child_opened", NULL, NULL, NULL, say_child, NULL},
    {"child_closed", NULL, NULL, NULL, say_child, " outcome"},
    {"calendar_changed", "calendars", "工作日历变更", "the working calendar changed", NULL, NULL},
    {"moved", "versions", "改用新版本", "moved to another version", NULL, NULL},
    {"entered", NULL, NULL, NULL, say_entered, " from by"},
    {"armed", NULL, NULL, NULL, say_armed, " due budget"},
    {"redated", "deadlines", "%s 改期", "%s has a new date", NULL, NULL},
    {"submitted", NULL, NULL, NULL, say_stands, " by"},
    {"returned", NULL, NULL, NULL, say_stands, " by"},
    {"met", "deadlines", "%s 了结", "%s is met", NULL, NULL},
    {"passed", "deadlines", "%s 已过", "%s has passed", NULL, NULL},
    {"paused", "deadlines", "%s 暂停计时", "%s is paused", NULL, NULL},
    {"resumed", NULL, NULL, NULL, say_held, NULL},
    {"extended", "deadlines", "%s 延期", "%s is extended", NULL, NULL},
    {"rung", NULL, NULL, NULL, say_step, " planned"},
    {"skipped", NULL, NULL, NULL, say_step, NULL},
    {"held", NULL, NULL, NULL, say_held, NULL},
    {"superseded", NULL, NULL, NULL, say_step, NULL},
    {"planned", NULL, NULL, NULL, say_step, NULL},
    {"jumped", NULL, NULL, NULL, say_step, NULL},
    {"proposed", NULL, NULL, NULL, say_proposal, NULL},
    {"released", NULL, NULL, NULL, say_proposal, NULL},
    {"dropped", NULL, NULL, NULL, say_proposal, NULL},
    {"expired", NULL, NULL, NULL, say_proposal, NULL},
    {"signed", NULL, NULL, NULL, say_proposal, NULL},
    {"noted", NULL, NULL, NULL, say_noted, NULL},
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
        fill(SAY(sentence->zh, sentence->en),
             label_title(labels->about, sentence->group, row->name), out);
    }
    if (row->body) {
        notes_add(&notes, labels, row->body, sentence ? sentence->told : NULL);
    } else {
        notes_next(&notes);
        buf_add_text(out, SAY("内容已依法销毁", "the payload was lawfully destroyed"));
    }
    notes_end(&notes);
}

bool words_is_noise(const struct words_row *row)
{
    return strcmp(row->kind, "timer") == 0;
}
