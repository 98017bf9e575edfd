/* A procedure that opens another one stops with a fault on the day it does, when that one was never
   published: better said before. Titles of what was never published stand in its file. */
#include "cli/opened.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/versions.h"

#define SCRIPT_LIMIT ((size_t)1024 * 1024)

/* The word in quotes after "workflow". */
static bool title_in(const char *path, struct buf *out)
{
    struct buf bytes;
    const char *at;
    bool ok = false;

    buf_init(&bytes, SCRIPT_LIMIT + 1);
    if (file_read(path, SCRIPT_LIMIT, &bytes, NULL)) {
        at = strstr(buf_text(&bytes), "workflow \"");
        if (at) {
            at += strlen("workflow \"");
            buf_add(out, at, strcspn(at, "\"\n"));
            ok = true;
        }
    }
    buf_clear(&bytes);
    return ok;
}

void opened_title(struct house *house, const char *id, struct buf *out)
{
    const char *const roots[] = {house->globals.dir, house->library};
    char name[128];
    bool ok = false;

    snprintf(name, sizeof name, "workflows/%.90s.lua", id);
    for (size_t i = 0; i < COUNT_OF(roots) && !ok; i++) {
        char *path = roots[i] ? file_join(roots[i], name) : NULL;

        ok = path && title_in(path, out);
        mem_free(path);
    }
    if (!ok) {
        buf_add_text(out, id);
    }
}

static bool is_in_force(struct house *house, const char *id)
{
    struct activation activation;
    struct err unsaid = {0};

    if (!activation_active(house->site, house->office_id, id, &activation, &unsaid)) {
        return unsaid.kind != ERR_MISSING;
    }
    activation_clear(&activation);
    return true;
}

bool opened_missing(struct house *house, const struct value *about, const struct value *coming,
                    struct buf *out)
{
    const struct value *opens = value_get(about, "opens");
    const char *title = value_get_text(about, "title");
    struct buf names;
    bool has_any;

    buf_init(&names, 2048);
    for (size_t i = 0; house->site && i < value_count(opens); i++) {
        const char *id = value_text(value_at(opens, i));

        if (id && !value_get(coming, id) && !is_in_force(house, id)) {
            buf_add_text(&names, SAY("“", "\""));
            opened_title(house, id, &names);
            buf_add_text(&names, SAY("”", "\" "));
        }
    }
    has_any = names.length > 0;
    if (has_any) {
        buf_add_format(out, SAY("“%s”会立的%s尚未发布", "\"%s\" opens what is not published: %s"),
                       title ? title : "", buf_text(&names));
    }
    buf_clear(&names);
    return has_any;
}
