/* The commands about one case, and the two that ask the engine: why, and what next. */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/value.h"
#include "cli/command.h"
#include "cli/gaps.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "cli/stillness.h"
#include "cli/view.h"
#include "cli/wrap.h"
#include "serve/keeper.h"
#include "serve/keeper_ask.h"

/* A site open for reading, a keeper for questions, and a case these eyes may see. view_end and
   view_case_clear afterwards, also after failure. */
static bool look(struct house *house, const struct args *args, struct view *view,
                 struct view_case *found, struct err *err)
{
    return house_start(house, err) && house_read(house, err) &&
           view_begin(view, house, args, err) &&
           view_case(view, args_operand(args, 0), found, err) &&
           (house->keeper || keeper_open(house->site, house->zygote, &house->keeper, err));
}

static void print_lines(const struct out *out, const struct value *lines)
{
    for (size_t i = 0; i < value_count(lines); i++) {
        const char *text = value_text(value_at(lines, i));
        size_t indent = text ? strspn(text, " ") : 0;
        struct buf head;

        buf_init(&head, 1024);
        wrap_cell(&head, "", indent);
        wrap_print(out, buf_text(&head), indent, text ? text + indent : "");
        buf_clear(&head);
    }
}

/* A version that was put aside explains nothing more, but why nothing happens is told all the same.
 */
static bool add_reasons(struct house *house, const struct view_case *found, struct value *lines,
                        struct err *err)
{
    struct value *more = NULL;
    struct err why = {0};

    if (!keeper_explain(house->keeper, found->number, &more, &why)) {
        if (!found->set_aside && why.kind != ERR_CONFLICT && why.kind != ERR_DENIED) {
            *err = why;
            return false;
        }
        value_push(lines, value_new_text(why.text));
    }
    for (size_t i = 0; i < value_count(more); i++) {
        value_push(lines, value_copy(value_at(more, i)));
    }
    value_free(more);
    return true;
}

enum outcome explain_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct view_case found = {0};
    struct value *lines = value_new_list();
    bool ok = look(house, args, &view, &found, err) && stillness_tell(&view, &found, lines, err) &&
              add_reasons(house, &found, lines, err);

    if (ok) {
        print_lines(&house->out, lines);
        ok = gaps_show(house, found.number, NULL, err);
        out_document(&house->out, lines);
        lines = NULL;
    }
    value_free(lines);
    view_case_clear(&found);
    view_end(&view);
    return args_outcome(ok);
}

enum outcome next_handler(struct house *house, const struct args *args, struct err *err)
{
    struct view view = {0};
    struct view_case found = {0};
    struct value *items = NULL;
    bool ok = look(house, args, &view, &found, err) &&
              keeper_next(house->keeper, found.number, &items, err);

    if (!ok) {
        goto done;
    }
    for (size_t i = 0; i < value_count(items); i++) {
        const char *text = value_get_text(value_at(items, i), "text");
        char head[24];

        clock_format_instant(value_get_int(value_at(items, i), "at", 0), head);
        head[16] = '\0';
        if (text && strncmp(text, head, strlen(head)) == 0) {
            text += strlen(head) + strspn(text + strlen(head), " ");
        }
        wrap_print(&house->out, head, 18, text ? text : "");
    }
    if (!value_count(items)) {
        out_print(
            &house->out, "%s\n",
            SAY("无人办理时，什么也不会再发生。", "If nobody acts, nothing more will happen."));
    }
    ok = gaps_show(house, found.number, items, err);
    out_document(&house->out, items);
done:
    view_case_clear(&found);
    view_end(&view);
    return args_outcome(ok);
}

static const struct option EYES_OPTIONS[] = {
    OPTION_BY,
    {NULL, NULL, NULL, NULL},
};

const struct command case_commands[] = {
    {"open", "WORKFLOW [--input FILE] [field=value…]", "立案，输出案号",
     "opens a case and prints its number", open_options, 1, OPERANDS_ANY, 0, open_handler,
     REACH_SITE},
    {"fact", "CASE… FACT [--input FILE] [--from CSV] [--occurred TIME] [field=value…]",
     "登记事实，输出由此作出的决定", "records a fact and prints the decisions", fact_options, 1,
     OPERANDS_ANY, 0, fact_handler, REACH_SITE},
    {"case", "NUMBER [--full]", "一个案件的全貌", "one case on one screen", case_options, 1, 1, 0,
     case_handler, REACH_SITE},
    {"explain", "NUMBER", "每个日期、每一步的来由，为什么没有动静",
     "why each date and step, and why nothing happens", EYES_OPTIONS, 1, 1, 0, explain_handler,
     REACH_SITE},
    {"next", "NUMBER", "若无人办理，接下来会发生什么", "what comes next when nobody acts",
     EYES_OPTIONS, 1, 1, 0, next_handler, REACH_SITE},
    {"acknowledge", "TOKEN", "凭消息里的确认码登记阅知，只记一次",
     "records that a message was seen, by the code in it, once", NULL, 1, 1, 0, acknowledge_handler,
     REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
