/* One sentence a gap: which rung or state, who, and what to do. */
#include "cli/gaps.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "casework/reach.h"
#include "cli/wrap.h"

#define SHOWN_MOST 12

static void say(const struct value *gap, struct buf *out)
{
    const char *title = value_get_text(gap, "title");
    bool is_nobody = value_get_bool(gap, "is_nobody");

    buf_add_format(out,
                   is_nobody ? SAY("“%s”的消息送不到任何人：%s", "\"%s\" would reach nobody: %s")
                             : SAY("“%s”的消息送不全：%s", "\"%s\" would not reach everybody: %s"),
                   title ? title : "", value_get_text(gap, "text"));
}

bool gaps_show(struct house *house, const char *number, struct value *list, struct err *err)
{
    struct value *gaps = NULL;
    size_t count;

    if (!reach_case(house->site, number, &gaps, err)) {
        return false;
    }
    count = value_count(gaps);
    for (size_t i = 0; i < count; i++) {
        struct buf text;

        buf_init(&text, 4096);
        say(value_at(gaps, i), &text);
        if (i < SHOWN_MOST) {
            wrap_print(&house->out, SAY("提醒", "note"), SAY(5, 5), buf_text(&text));
        }
        if (list) {
            struct value *row = value_new_map();

            value_set_text(row, "kind", "unreached");
            value_set_text(row, "text", buf_text(&text));
            value_push(list, row);
        }
        buf_clear(&text);
    }
    if (count > SHOWN_MOST) {
        out_print(&house->out,
                  SAY("另有 %zu 处，见 duban doctor\n", "and %zu more: duban doctor\n"),
                  count - SHOWN_MOST);
    }
    value_free(gaps);
    return true;
}

bool gaps_warn(struct house *house, const char *number, struct err *err)
{
    struct value *gaps = NULL;
    struct value *list = house->out.is_json ? value_new_list() : NULL;

    if (!reach_case(house->site, number, &gaps, err)) {
        value_free(list);
        return false;
    }
    for (size_t i = 0; i < value_count(gaps) && i < SHOWN_MOST; i++) {
        struct buf text;

        buf_init(&text, 4096);
        say(value_at(gaps, i), &text);
        if (list) {
            value_push(list, value_new_text(buf_text(&text)));
        } else {
            log_warn("%s", buf_text(&text));
        }
        buf_clear(&text);
    }
    if (list) {
        value_set(out_map(&house->out), "unreached", list);
    }
    value_free(gaps);
    return true;
}

bool gaps_examine(struct examination *exam, struct err *err)
{
    struct house *house = exam->house;
    struct value *gaps = NULL;

    doctor_channels(exam);
    if (!reach_all(house->site, house->office_id, &gaps, err)) {
        return false;
    }
    for (size_t i = 0; i < value_count(gaps) && i < SHOWN_MOST; i++) {
        const struct value *gap = value_at(gaps, i);
        struct buf text;

        buf_init(&text, 4096);
        buf_add_format(&text, SAY("%s：", "%s: "), value_get_text(gap, "workflow"));
        say(gap, &text);
        buf_add_format(&text, SAY("（%lld 件，如 %s）", " (cases: %lld, as %s)"),
                       (long long)value_get_int(gap, "cases", 0), value_get_text(gap, "example"));
        doctor_note(exam, DOCTOR_NOTE, buf_text(&text), NULL);
        buf_clear(&text);
    }
    if (!value_count(gaps)) {
        doctor_note(
            exam, DOCTOR_FINE,
            SAY("在办案件的消息都有人可收", "the messages of every open case reach somebody"),
            NULL);
    }
    value_free(gaps);
    return true;
}
