/* The text of a message and its JSON, cut to the platform's limit. Cutting is done here once, for
   every platform counts bytes and none of them tells the reader what it swallowed. */
#include "net/body.h"

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/grapheme.h"
#include "base/json.h"
#include "base/text.h"

#define TITLE_SHOWN \
    256 /* a title is cut by itself, so that the cut of the whole spares its markup */
#define KEY_PLAIN_MAX 64

const struct dialect DIALECT_PLAIN = {"", "\n", "", "", "", "：", "\n", "\n", "查看：", "", false};
const struct dialect DIALECT_GUARDED = {"", "\n", "", "", "", "：", "\n", "\n", "查看：", "", true};

void draft_init(struct draft *draft, const struct dialect *dialect, const struct value *conf,
                const struct value *message)
{
    *draft = (struct draft){.dialect = dialect, .message = message, .conf = conf};
    draft->keyword = value_get_text(conf, "keyword");
    buf_init(&draft->head, BODY_TEXT_MAX);
    buf_init(&draft->tail, BODY_TEXT_MAX);
}

void draft_clear(struct draft *draft)
{
    buf_clear(&draft->head);
    buf_clear(&draft->tail);
}

void body_cut(const char *text, size_t length, size_t limit, bool has_link, struct buf *out)
{
    const char *mark = has_link ? "…（全文见链接）" : "…";
    size_t kept;

    if (length <= limit) {
        buf_add(out, text, length);
        return;
    }
    if (strlen(mark) > limit) {
        mark = strlen("…") <= limit ? "…" : "";
    }
    kept = grapheme_fit(text, length, limit - strlen(mark));
    buf_add(out, text, kept);
    buf_add_text(out, mark);
}

/* One byte of words, as it may stand in a line. A markup's tags begin with '<', its links hold
   "](", and full-width signs read the same without meaning anything. */
static void add_byte(const char *at, bool is_marked, struct buf *out)
{
    if (*at == '\n' || *at == '\t') {
        buf_add_byte(out, ' ');
    } else if (is_marked && *at == '<') {
        buf_add_text(out, "＜");
    } else if (is_marked && at[0] == ']' && at[1] == '(') {
        buf_add_text(out, "］");
    } else {
        buf_add_byte(out, (unsigned char)*at);
    }
}

void body_words(const char *text, bool is_marked, struct buf *out)
{
    for (; *text; text++) {
        add_byte(text, is_marked, out);
    }
}

bool body_is_alarm(const struct value *message)
{
    const char *severity = value_get_text(message, "severity");

    return severity && strcmp(severity, "normal") != 0;
}

static const char *severity_mark(const struct value *message)
{
    const char *severity = value_get_text(message, "severity");

    if (!body_is_alarm(message)) {
        return "";
    }
    return strcmp(severity, "critical") == 0 ? "【特急】" : "【紧急】";
}

void body_title(const struct value *message, const char *keyword, bool is_again, bool is_marked,
                struct buf *out)
{
    const char *title = value_get_text(message, "title");
    struct buf words;

    buf_init(&words, BODY_TEXT_MAX);
    body_words(title ? title : "", is_marked, &words);
    if (keyword && *keyword && !strstr(buf_text(&words), keyword)) {
        buf_add_text(out, "【");
        buf_add_text(out, keyword);
        buf_add_text(out, "】");
    }
    buf_add_text(out, severity_mark(message));
    body_cut(buf_text(&words), words.length, TITLE_SHOWN, false, out);
    if (is_again) {
        buf_add_text(out, "（重发）");
    }
    buf_clear(&words);
}

static void add_title(struct draft *draft)
{
    const struct dialect *dialect = draft->dialect;
    bool is_alarm = body_is_alarm(draft->message);

    if (!dialect->title_before) {
        return;
    }
    buf_add_text(&draft->head, dialect->title_before);
    buf_add_text(&draft->head, is_alarm ? dialect->alarm_before : "");
    body_title(draft->message, draft->keyword, draft->is_again, dialect->is_marked, &draft->head);
    buf_add_text(&draft->head, is_alarm ? dialect->alarm_after : "");
    buf_add_text(&draft->head, dialect->title_after);
}

/* An empty line before the next part, unless it is the first. */
static void add_gap(struct buf *out)
{
    if (out->length) {
        buf_add_byte(out, '\n');
    }
}

static void add_facts(struct draft *draft)
{
    const struct dialect *dialect = draft->dialect;
    const struct value *facts = value_get(draft->message, "facts");

    if (value_count(facts)) {
        add_gap(&draft->head);
    }
    for (size_t i = 0; i < value_count(facts); i++) {
        const struct value *fact = value_at(facts, i);

        buf_add_text(&draft->head, dialect->fact_before);
        body_words(value_text(value_at(fact, 0)), dialect->is_marked, &draft->head);
        buf_add_text(&draft->head, dialect->fact_between);
        body_words(value_text(value_at(fact, 1)), dialect->is_marked, &draft->head);
        buf_add_text(&draft->head, dialect->fact_after);
    }
}

static void add_body(struct draft *draft)
{
    const char *body = value_get_text(draft->message, "body");

    if (!body || !*body) {
        return;
    }
    add_gap(&draft->head);
    for (; *body; body++) {
        if (*body == '\n') {
            buf_add_text(&draft->head, draft->dialect->newline);
        } else {
            add_byte(body, draft->dialect->is_marked, &draft->head);
        }
    }
}

/* Brackets would end a link in a markup. */
static void add_link(struct draft *draft)
{
    const char *link = value_get_text(draft->message, "link");

    if (!link || !draft->dialect->link_before) {
        return;
    }
    buf_add_text(&draft->tail, "\n\n");
    buf_add_text(&draft->tail, draft->dialect->link_before);
    for (; *link; link++) {
        if (draft->dialect->is_marked && (*link == '(' || *link == ')')) {
            buf_add_text(&draft->tail, *link == '(' ? "%28" : "%29");
        } else {
            buf_add_byte(&draft->tail, (unsigned char)*link);
        }
    }
    buf_add_text(&draft->tail, draft->dialect->link_after);
}

void draft_compose(struct draft *draft)
{
    add_title(draft);
    add_facts(draft);
    add_body(draft);
    while (draft->head.length && draft->head.bytes[draft->head.length - 1] == '\n') {
        draft->head.bytes[--draft->head.length] = '\0';
    }
    add_link(draft);
}

/* The body around at most `limit` bytes of head. */
static void write_once(const struct draft *draft, size_t limit, struct buf *body)
{
    bool has_link = value_get_text(draft->message, "link") != NULL;
    struct value *tree;
    struct buf text;

    buf_init(&text, BODY_TEXT_MAX);
    body_cut(buf_text(&draft->head), draft->head.length, limit, has_link, &text);
    buf_add(&text, buf_text(&draft->tail), draft->tail.length);
    tree = draft->wrap(draft, buf_text(&text));
    json_write(tree, body);
    value_free(tree);
    buf_clear(&text);
}

static bool fits(const struct draft *draft, size_t limit, struct buf *body)
{
    size_t start = body->length;

    write_once(draft, limit, body);
    return !body->is_over && (!draft->body_limit || body->length - start <= draft->body_limit);
}

static void take_back(struct buf *body, size_t length)
{
    body->is_over = false;
    body->length = length;
}

/* How much of head the whole body holds is searched by halves: escapes make JSON longer than its
   text, so it cannot be told beforehand. */
static size_t search(const struct draft *draft, size_t most, struct buf *body)
{
    size_t start = body->length;
    size_t low = 0;

    while (low < most) {
        size_t middle = low + (most - low + 1) / 2;

        if (fits(draft, middle, body)) {
            low = middle;
        } else {
            most = middle - 1;
        }
        take_back(body, start);
    }
    return low;
}

bool draft_write(struct draft *draft, struct buf *body, struct err *err)
{
    size_t limit = draft->head.length;
    size_t start = body->length;

    if (draft->text_limit && draft->head.length + draft->tail.length > draft->text_limit) {
        limit = draft->text_limit > draft->tail.length ? draft->text_limit - draft->tail.length : 0;
    }
    if (fits(draft, limit, body)) {
        return true;
    }
    take_back(body, start);
    if (fits(draft, search(draft, limit, body), body)) {
        return true;
    }
    err_set(err, ERR_INVALID,
            SAY("消息放不进该渠道的 %zu 字节",
                "the message does not fit the %zu bytes of this channel"),
            draft->body_limit ? draft->body_limit : body->ceiling);
    return false;
}

void body_key(const char *key, char out[static BODY_KEY_SIZE])
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(key);
    unsigned char sum[DIGEST_SIZE];
    struct digest *digest;

    if (length && length <= KEY_PLAIN_MAX && strspn(key, PLAIN) == length) {
        memcpy(out, key, length + 1);
        return;
    }
    digest = digest_new();
    digest_bytes(digest, key, length, sum);
    digest_free(digest);
    digest_hex(sum, out);
}

static void indent(size_t level, struct buf *out)
{
    buf_add_byte(out, '\n');
    for (size_t i = 0; i < level; i++) {
        buf_add(out, "  ", 2);
    }
}

static void write_pretty(const struct value *value, size_t level, struct buf *out)
{
    bool is_map = value_kind(value) == VALUE_MAP;

    if (!value_count(value) || (!is_map && value_kind(value) != VALUE_LIST)) {
        json_write(value, out);
        return;
    }
    buf_add_byte(out, is_map ? '{' : '[');
    for (size_t i = 0; i < value_count(value); i++) {
        buf_add_text(out, i ? "," : "");
        indent(level + 1, out);
        if (is_map) {
            json_write_string(value_key_at(value, i), strlen(value_key_at(value, i)), out);
            buf_add(out, ": ", 2);
        }
        write_pretty(value_at(value, i), level + 1, out);
    }
    indent(level, out);
    buf_add_byte(out, is_map ? '}' : ']');
}

void body_pretty(const struct value *value, struct buf *out)
{
    write_pretty(value, 0, out);
    buf_add_byte(out, '\n');
}

void body_instant(int64_t instant, char out[static 32])
{
    char text[24];

    clock_format_instant(instant, text);
    text[10] = 'T';
    memcpy(out, text, 19);
    memcpy(out + 19, "+08:00", 7);
}
