/* The words of a message, at the moment it first goes out: what to do, by when, and where to look,
   out of the template in force today and the case as it stands now. */
#include "serve/letters.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "casework/rows.h"
#include "serve/pigeonholes.h"
#include "serve/letters_parts.h"

#define ITEMS_MOST 30 /* of a digest; the rest are counted */
#define LINK_MARK "?t="

/* What one row gives its template. */
struct source {
    int64_t outbox_id;
    int64_t person_id;
    int64_t created_at;
    int64_t priority;
    int64_t digest_id; /* 0: none */
    int64_t case_id;   /* 0: none */
    bool is_draft;     /* only to be looked at: no token is made and nothing is written */
    char *key;
    char *template;
    char *channel; /* NULL: none yet */
    char *number;  /* NULL: of no case */
    struct value *data;
};

static void source_clear(struct source *source)
{
    mem_free(source->key);
    mem_free(source->template);
    mem_free(source->channel);
    mem_free(source->number);
    value_free(source->data);
}

/* ---- what the case says ---- */

static void set_unless(struct value *data, const char *name, const char *text)
{
    if (!value_get(data, name)) {
        value_set_text(data, name, text ? text : "");
    }
}

/* The number of the paper that goes with it takes the place of its name. */
static bool set_paper(struct keeper *keeper, const struct source *source, struct err *err)
{
    const char *name = value_get_text(source->data, "document");
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!name || !source->case_id) {
        return true;
    }
    if (!store_ask(keeper->store,
                   "SELECT number FROM documents WHERE case_id = $1 AND name = $2"
                   " AND status = 'numbered' ORDER BY document_id DESC LIMIT 1",
                   &stmt, err, "it", source->case_id, name) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    value_set_text(source->data, "document", has_row ? stmt_text(stmt, 0, NULL) : "");
    stmt_reset(stmt);
    return true;
}

static char *link_of(const struct keeper *keeper, const char *number, const char *token)
{
    const char *base = keeper->site->conf.link;
    char *link = NULL;
    struct buf text;

    if (!base || (!number && !token)) {
        return NULL;
    }
    buf_init(&text, 2048);
    buf_add_text(&text, base);
    buf_add_text(&text, number ? number : "");
    if (token) {
        buf_add_format(&text, LINK_MARK "%s", token);
    }
    link = mem_text(buf_text(&text));
    buf_clear(&text);
    return link;
}

static bool read_source(struct keeper *keeper, int64_t outbox_id, struct source *out,
                        struct err *err)
{
    static const char sql[] =
        "SELECT o.person_id, o.created_at, o.priority, o.digest_id, o.case_id, o.effect_key,"
        " o.template, o.channel, c.number, o.data, c.due, v.title, f.name FROM outbox AS o"
        " JOIN people AS p ON p.person_id = o.person_id"
        " LEFT JOIN cases AS c ON c.case_id = o.case_id"
        " LEFT JOIN activations AS a ON a.activation_id = c.activation_id"
        " LEFT JOIN versions AS v ON v.version_id = a.version_id"
        " JOIN offices AS f ON f.office_id = COALESCE(c.office_id, p.office_id)"
        " WHERE o.outbox_id = $1";
    struct stmt *stmt = NULL;
    bool has_row = false;
    const char *data;
    size_t length = 0;

    *out = (struct source){.outbox_id = outbox_id};
    if (!store_ask(keeper->store, sql, &stmt, err, "i", outbox_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, SAY("没有 %lld 号消息", "there is no message %lld"),
                (long long)outbox_id);
        return false;
    }
    out->person_id = stmt_int(stmt, 0);
    out->created_at = stmt_int(stmt, 1);
    out->priority = stmt_int(stmt, 2);
    out->digest_id = row_id(stmt, 3);
    out->case_id = row_id(stmt, 4);
    out->key = row_copy(stmt, 5);
    out->template = row_copy(stmt, 6);
    out->channel = row_copy(stmt, 7);
    out->number = row_copy(stmt, 8);
    data = stmt_text(stmt, 9, &length);
    if (!json_parse(data, length, &out->data, err) || value_kind(out->data) != VALUE_MAP) {
        value_free(out->data);
        out->data = value_new_map();
    }
    value_set_text(out->data, "number", out->number ? out->number : "");
    set_unless(out->data, "due", stmt_text(stmt, 10, NULL));
    set_unless(out->data, "workflow", stmt_text(stmt, 11, NULL));
    set_unless(out->data, "office", stmt_text(stmt, 12, NULL));
    set_unless(out->data, "document", NULL);
    stmt_reset(stmt);
    return set_paper(keeper, out, err);
}

/* ---- a digest's list ---- */

static bool member_ids(struct keeper *keeper, int64_t digest_id, int64_t **ids, size_t *count,
                       struct err *err)
{
    struct stmt *stmt = NULL;

    return store_ask(keeper->store,
                     "SELECT outbox_id FROM outbox WHERE digest_id = $1 AND status = 'digested'"
                     " ORDER BY outbox_id",
                     &stmt, err, "i", digest_id) &&
           row_ids(stmt, ids, count, err);
}

/* { title, number, due } as the member's own message would begin. */
static bool add_item(struct keeper *keeper, int64_t outbox_id, struct value *items, struct err *err)
{
    const struct template *template = NULL;
    struct source source;
    struct value *item = NULL;
    struct value *message = NULL;
    struct err unsaid = {0};
    char *link;

    if (!read_source(keeper, outbox_id, &source, err)) {
        source_clear(&source);
        return false;
    }
    item = value_new_map();
    link = link_of(keeper, source.number, NULL);
    if (pigeonholes_template(keeper->pigeonholes, source.template, &template, &unsaid)) {
        message = template_render(template, source.data, NULL);
    }
    value_set_text(item, "title", message ? value_get_text(message, "title") : source.template);
    value_set_text(item, "number", source.number ? source.number : "");
    value_set(item, "due", value_copy(value_get(source.data, "due")));
    value_set_text(item, "link", link ? link : "");
    value_push(items, item);
    mem_free(link);
    value_free(message);
    source_clear(&source);
    return true;
}

static bool add_items(struct keeper *keeper, const struct source *source, struct err *err)
{
    struct value *items = value_new_list();
    int64_t *ids = NULL;
    size_t count = 0;
    bool ok = member_ids(keeper, source->digest_id, &ids, &count, err);

    for (size_t i = 0; ok && i < count && i < ITEMS_MOST; i++) {
        ok = add_item(keeper, ids[i], items, err);
    }
    value_set(source->data, "items", items);
    value_set_int(source->data, "count", (int64_t)count);
    value_set_int(source->data, "more", count > ITEMS_MOST ? (int64_t)count - ITEMS_MOST : 0);
    mem_free(ids);
    return ok;
}

/* ---- the token ---- */

void letters_token_hash(const char *token, char out[static 65])
{
    unsigned char bytes[DIGEST_SIZE];
    struct digest *digest = digest_new();

    digest_bytes(digest, token, strlen(token), bytes);
    digest_hex(bytes, out);
    digest_free(digest);
}

/* A fresh token where a link will carry it, else "". */
static void make_token(const char *link, char token[static LETTERS_TOKEN])
{
    unsigned char bytes[(LETTERS_TOKEN - 1) / 2];

    token[0] = '\0';
    if (link) {
        random_bytes(bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++) {
            snprintf(token + i * 2, 3, "%02x", bytes[i]);
        }
    }
}

/* The row keeps which template spoke, and the hash of the token alone. */
static bool stamp(struct keeper *keeper, const struct source *source,
                  const struct template *template, const char *token, struct err *err)
{
    char hash[DIGEST_HEX] = "";

    if (token[0]) {
        letters_token_hash(token, hash);
    }
    return store_run(keeper->store,
                     "UPDATE outbox SET template_hash = $2, token_hash = NULLIF($3, '')"
                     " WHERE outbox_id = $1",
                     NULL, err, "itt", source->outbox_id, template_hash(template), hash);
}

void letters_hide_token(struct value *message)
{
    const char *link = value_get_text(message, "link");
    const char *mark = link ? strstr(link, LINK_MARK) : NULL;

    if (mark) {
        value_set(message, "link", value_new_string(link, (size_t)(mark - link)));
    }
}

/* ---- the message ---- */

/* The same for every attempt and on every site that holds the case. */
static void set_id(const struct source *source, const struct addressee *to, struct value *message)
{
    char hash[DIGEST_HEX];
    struct buf text;

    buf_init(&text, 4096);
    buf_add_format(&text, "%s\n%s\n%s", source->number ? source->number : "", source->key,
                   to->code);
    letters_token_hash(buf_text(&text), hash);
    hash[32] = '\0';
    value_set_text(message, "id", hash);
    buf_clear(&text);
}

static bool set_to(struct keeper *keeper, const struct source *source, const struct addressee *to,
                   struct value *message, struct err *err)
{
    struct value *map = value_new_map();
    bool is_group = source->channel && routes_is_group(keeper->site, source->channel);
    bool ok;
    struct buf address;

    buf_init(&address, 1024);
    ok = !source->channel || routes_address(keeper->site, to, source->channel, &address, err);
    value_set_text(map, "name", to->name);
    if (address.length) {
        value_set_text(map, "address", buf_text(&address));
    }
    value_set(message, "to", map);
    value_set_text(message, "mention", is_group ? buf_text(&address) : "");
    buf_clear(&address);
    return ok;
}

static void tell_missing(const struct source *source, const struct value *missing)
{
    for (size_t i = 0; i < value_count(missing); i++) {
        log_warn(SAY("模板 %s 要的“%s”没有值，留空", "template %s: nothing is known for \"%s\""),
                 source->template, value_text(value_at(missing, i)));
    }
}

static bool fill(struct keeper *keeper, const struct source *source, const struct addressee *to,
                 struct value **message, struct err *err)
{
    static const char *const SEVERITIES[] = {"critical", "urgent"};
    const struct template *template = NULL;
    int64_t priority = source->priority;
    struct value *missing;
    char token[LETTERS_TOKEN];
    char *link;

    make_token(source->is_draft ? NULL : keeper->site->conf.link, token);
    if (!pigeonholes_template(keeper->pigeonholes, source->template, &template, err) ||
        (!source->is_draft && !stamp(keeper, source, template, token, err))) {
        return false;
    }
    if (source->is_draft && template_manner(template)->priority < priority) {
        priority = template_manner(template)->priority; /* its way was not found yet */
    }
    link = link_of(keeper, source->number, token[0] ? token : NULL);
    value_set_text(source->data, "link", link ? link : "");
    value_set_text(source->data, "name", to->name);
    missing = value_new_list();
    *message = template_render(template, source->data, missing);
    tell_missing(source, missing);
    if (!value_length(value_get(*message, "title"))) {
        value_set_text(*message, "title", source->template); /* its places were all empty */
    }
    value_set_text(*message, "link", link);
    value_set_text(*message, "number", source->number);
    value_set_text(*message, "severity", priority < 2 ? SEVERITIES[priority] : "normal");
    value_set_text(*message, "type", source->template);
    value_set_int(*message, "at", source->created_at);
    value_free(missing);
    mem_free(link);
    return true;
}

static bool make(struct keeper *keeper, int64_t outbox_id, bool is_draft, struct value **message,
                 struct err *err)
{
    struct addressee to;
    struct source source;
    struct value *made = NULL;
    bool ok = read_source(keeper, outbox_id, &source, err) &&
              routes_addressee(keeper->site, source.person_id, &to, err);

    source.is_draft = is_draft;
    ok = ok &&
         (strcmp(source.template, LETTERS_DIGEST) != 0 || !source.digest_id ||
          add_items(keeper, &source, err)) &&
         fill(keeper, &source, &to, &made, err) && set_to(keeper, &source, &to, made, err);
    if (ok) {
        set_id(&source, &to, made);
        *message = made;
        made = NULL;
    }
    value_free(made);
    source_clear(&source);
    return ok;
}

bool letters_make(struct keeper *keeper, int64_t outbox_id, struct value **message, struct err *err)
{
    return make(keeper, outbox_id, false, message, err);
}

bool letters_draft(struct keeper *keeper, int64_t outbox_id, struct value **message,
                   struct err *err)
{
    return make(keeper, outbox_id, true, message, err);
}
