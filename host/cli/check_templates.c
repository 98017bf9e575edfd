/* A template is read where the site finds it; a name in it that nobody gives is the author's
   mistake, and known before the first message goes out. */
#include "cli/check_templates.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/template.h"

/* What every message knows, whatever its script gives. */
static const char *const KNOWN[] = {"number",   "due",    "link", "document",
                                    "workflow", "office", "name"};

static void add(struct value *findings, const char *path, int64_t line, int64_t column,
                const char *text)
{
    struct value *finding = value_new_map();

    value_set_text(finding, "file", path);
    value_set_int(finding, "line", line);
    value_set_int(finding, "column", column);
    value_set_text(finding, "text", text);
    value_push(findings, finding);
}

/* "templates/x.md:3:4: what" as a finding of its own place. */
static void add_failure(struct value *findings, const char *path, const char *sentence)
{
    const char *at = strstr(sentence, ".md:");
    char *end = NULL;
    int64_t line = 1;
    int64_t column = 1;

    if (at) {
        line = strtoll(at + 4, &end, 10);
        column = *end == ':' ? strtoll(end + 1, &end, 10) : 1;
        sentence = strncmp(end, ": ", 2) == 0 ? end + 2 : sentence;
    }
    add(findings, path, line > 0 ? line : 1, column > 0 ? column : 1, sentence);
}

/* names (may be NULL: not judged) is what the script gives. */
static void look_at(const struct house *house, const char *name, const struct value *names,
                    struct value *seen, struct value *findings)
{
    const char *folder = house->site ? house->site->folder : NULL;
    char *path = template_path(folder, house->library, name);
    struct template *template = NULL;
    struct value *known = names ? value_copy(names) : NULL;
    struct value *found = value_new_list();
    struct err why = {0};
    bool is_first = path && !value_get(seen, path);

    for (size_t i = 0; known && i < COUNT_OF(KNOWN); i++) {
        value_set_bool(known, KNOWN[i], true);
    }
    if (path && !template_load(folder, house->library, name, &template, &why)) {
        if (is_first) {
            add_failure(findings, path, why.text);
        }
    } else if (path && known) {
        template_check(template, known, found);
        for (size_t i = 0; i < value_count(found); i++) {
            const struct value *one = value_at(found, i);

            add(findings, path, value_get_int(one, "line", 1), value_get_int(one, "column", 1),
                value_get_text(one, "text"));
        }
    }
    if (path) {
        value_set_bool(seen, path, true);
    }
    value_free(found);
    value_free(known);
    template_free(template);
    mem_free(path);
}

void check_templates(const struct house *house, const struct value *about, struct value *seen,
                     struct value *findings)
{
    const struct value *messages = value_get(about, "template_names");
    const struct value *papers = value_get(about, "documents");

    for (size_t i = 0; i < value_count(messages); i++) {
        struct value *none = value_new_map();
        const struct value *names = value_at(messages, i);

        look_at(house, value_key_at(messages, i), value_kind(names) == VALUE_MAP ? names : none,
                seen, findings);
        value_free(none);
    }
    for (size_t i = 0; i < value_count(papers); i++) {
        look_at(house, value_text(value_at(papers, i)), NULL, seen, findings);
    }
}
