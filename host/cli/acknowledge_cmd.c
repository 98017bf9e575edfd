/* `duban acknowledge`: the code out of a message comes back, and the case knows who has seen it. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/handlers.h"
#include "cli/house.h"
#include "serve/letters.h"

static void tell(struct house *house, const struct letters_seen *seen)
{
    struct value *map = out_map(&house->out);
    char at[24];

    clock_format_instant(seen->seen_at, at);
    at[16] = '\0';
    if (map) {
        value_set_bool(map, "first", seen->is_first);
        value_set_text(map, "seen_at", at);
        value_set_text(map, "person", seen->person);
        value_set_text(map, "number", seen->number[0] ? seen->number : NULL);
        value_set_int(map, "facts", (int64_t)seen->facts);
    }
    if (!seen->is_first) {
        out_print(&house->out, SAY("%s已于 %s 确认收到。\n", "%s acknowledged it at %s.\n"),
                  seen->person, at);
    } else if (seen->facts) {
        out_print(&house->out,
                  SAY("已记%s于 %s 阅知，涉及案件 %zu 件。\n",
                      "Recorded: %s has seen it at %s; cases: %zu.\n"),
                  seen->person, at, seen->facts);
    } else {
        out_print(&house->out,
                  SAY("%s于 %s 确认收到；没有在办案件需要登记。\n",
                      "%s acknowledged it at %s; no open case is concerned.\n"),
                  seen->person, at);
    }
}

enum outcome acknowledge_handler(struct house *house, const struct args *args, struct err *err)
{
    const char *given = args_operand(args, 0);
    const char *mark = strstr(given, "?t="); /* the whole link does as well */
    struct letters_seen seen;

    if (!house_write(house, args, err) ||
        !letters_acknowledge(house->keeper, &house->actor, mark ? mark + 3 : given, &seen, err)) {
        return OUTCOME_REFUSED;
    }
    tell(house, &seen);
    return OUTCOME_DONE;
}
