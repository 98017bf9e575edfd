/* A body of JSON is shown as a list of its values, texts with their lines as a phone breaks them:
   what is checked here is the wording, and a line of \\n hides it. --json gives the body itself. */
#include "cli/preview.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "casework/conf_channels.h"
#include "casework/routes.h"
#include "cli/wrap.h"
#include "net/adapter.h"

#define PREVIEW_MAX ((size_t)1024 * 1024)

static bool refuse(const struct house *house, const char *word, struct err *err)
{
    const struct value *channels = house->site->conf.channels;
    struct buf names;

    buf_init(&names, 4096);
    for (size_t i = 0; i < value_count(channels) && !house->site->is_virtual; i++) {
        buf_add_format(&names, "%s%s", names.length ? SAY("、", ", ") : "",
                       value_key_at(channels, i));
    }
    for (size_t i = 0; adapter_at(i); i++) {
        buf_add_format(&names, "%s%s", names.length ? SAY("、", ", ") : "", adapter_at(i)->kind);
    }
    err_set(err, ERR_MISSING,
            SAY("没有渠道或平台“%s”；有：%s", "there is no channel or kind \"%s\": %s"), word,
            buf_text(&names));
    buf_clear(&names);
    return false;
}

/* The person's address there takes the place of the one the message went to. */
static bool address(struct house *house, int64_t outbox_id, const struct adapter *adapter,
                    struct value *message, struct err *err)
{
    struct addressee to;
    int64_t person_id = 0;
    struct value *map = value_new_map();
    struct buf found;
    bool ok;

    buf_init(&found, 1024);
    ok = store_one_int(house->site->store, "SELECT person_id FROM outbox WHERE outbox_id = $1",
                       &person_id, err, "i", outbox_id) &&
         routes_addressee(house->site, person_id, &to, err) &&
         routes_address_of(house->site, &to, adapter->address, &found, err);
    if (ok) {
        value_set_text(map, "name", to.name);
        value_set_text(map, "address", found.length ? buf_text(&found) : NULL);
        value_set(message, "to", map);
        value_set_text(message, "mention", adapter->is_group ? buf_text(&found) : "");
        map = NULL;
    }
    value_free(map);
    buf_clear(&found);
    return ok;
}

/* ---- for people ---- */

static void print_text(const struct out *out, const char *path, const char *text)
{
    struct buf head;

    buf_init(&head, 1024);
    buf_add_format(&head, "  %s: ", path);
    if (!strchr(text, '\n') && text_width(buf_text(&head)) + text_width(text) <= WRAP_COLUMNS) {
        out_print(out, "%s%s\n", buf_text(&head), text);
        buf_clear(&head);
        return;
    }
    out_print(out, "  %s:\n", path);
    while (*text) {
        size_t length = strcspn(text, "\n");

        buf_reset(&head);
        buf_add(&head, text, length);
        if (length) {
            wrap_print(out, "", 4, buf_text(&head));
        } else {
            out_print(out, "\n");
        }
        text += length + (text[length] == '\n');
    }
    buf_clear(&head);
}

/* Texts alone, as a fact and its label: one line. */
static bool is_pair(const struct value *value)
{
    bool is_good = value_kind(value) == VALUE_LIST && value_count(value);

    for (size_t i = 0; is_good && i < value_count(value); i++) {
        is_good = value_text(value_at(value, i)) != NULL;
    }
    return is_good;
}

static void print_tree(const struct out *out, const char *path, const struct value *value)
{
    struct buf inner;

    if (value_text(value)) {
        print_text(out, path, value_length(value) ? value_text(value) : "\"\"");
        return;
    }
    buf_init(&inner, PREVIEW_MAX);
    if (is_pair(value)) {
        for (size_t i = 0; i < value_count(value); i++) {
            buf_add_format(&inner, "%s%s", i ? "  " : "", value_text(value_at(value, i)));
        }
        print_text(out, path, buf_text(&inner));
        buf_clear(&inner);
        return;
    }
    if (value_kind(value) != VALUE_MAP && value_kind(value) != VALUE_LIST) {
        json_write(value, &inner);
        print_text(out, path, buf_text(&inner));
    }
    for (size_t i = 0; i < value_count(value); i++) {
        const char *key = value_kind(value) == VALUE_MAP ? value_key_at(value, i) : NULL;

        buf_reset(&inner);
        if (key) {
            buf_add_format(&inner, "%s%s%s", path, *path ? "." : "", key);
        } else {
            buf_add_format(&inner, "%s[%zu]", path, i + 1);
        }
        print_tree(out, buf_text(&inner), value_at(value, i));
    }
    buf_clear(&inner);
}

static void print(const struct out *out, const struct buf *body)
{
    struct value *tree = NULL;

    if (json_parse(buf_text(body), body->length, &tree, NULL)) {
        print_tree(out, "", tree);
        value_free(tree);
        return;
    }
    for (const char *at = buf_text(body); *at;) { /* a letter */
        size_t length = strcspn(at, "\n");
        struct buf line;

        buf_init(&line, PREVIEW_MAX);
        buf_add(&line, at, length);
        if (length) {
            wrap_print(out, "", 2, buf_text(&line));
        } else {
            out_print(out, "\n");
        }
        buf_clear(&line);
        at += length + (at[length] == '\n');
    }
}

bool preview_show(struct house *house, int64_t outbox_id, struct value *message, const char *word,
                  struct err *err)
{
    const struct value *conf = conf_channel(&house->site->conf, house->site->is_virtual, word);
    const struct adapter *adapter = adapter_find(conf ? value_get_text(conf, "kind") : word);
    struct value *map = out_map(&house->out);
    struct buf body;
    bool ok;

    if (!adapter) {
        return refuse(house, word, err);
    }
    buf_init(&body, PREVIEW_MAX);
    ok = address(house, outbox_id, adapter, message, err) &&
         net_preview(adapter->kind, conf, message, &body, err);
    if (ok) {
        print(&house->out, &body);
    }
    if (ok && map) {
        value_set_int(map, "id", outbox_id);
        value_set_text(map, "kind", adapter->kind);
        value_set_text(map, "body", buf_text(&body));
    }
    buf_clear(&body);
    return ok;
}
