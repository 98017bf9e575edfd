/* A proposal carries its signs as a list; one line of it has its turn. */
#include "cli/signers.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "casework/rights.h"

static const struct value *line_of(const char *signs, int64_t next, struct value **list)
{
    if (!json_parse(signs, strlen(signs), list, NULL)) {
        *list = NULL;
    }
    return value_at(*list, next > 0 ? (size_t)next - 1 : 0);
}

bool signers_want_basis(const char *signs, int64_t next)
{
    struct value *list = NULL;
    bool wants = value_get_text(line_of(signs, next, &list), "basis") != NULL;

    value_free(list);
    return wants;
}

void signers_say(struct view *view, const char *signs, int64_t next, struct buf *out)
{
    const struct labels labels = {.store = view->house->site->store};
    struct value *list = NULL;
    const struct value *who = value_get(line_of(signs, next, &list), "who");

    for (size_t i = 0; i < value_count(who); i++) {
        const char *role = value_get_text(value_at(who, i), "role");
        const char *person = value_get_text(value_at(who, i), "person");
        const char *unit = value_get_text(value_at(who, i), "unit");

        buf_add_text(out, i ? SAY("、", " or ") : "");
        if (unit) {
            label_unit(&labels, unit, out);
        }
        if (role) {
            buf_add_text(out, rights_title(view->house->site, role));
        } else if (person) {
            label_person(&labels, person, out);
        }
    }
    value_free(list);
}
