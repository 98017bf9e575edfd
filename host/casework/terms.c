/* The index of words is kept behind the cases, never in the way of a decision: opening a case only
   marks it, an idle keeper puts its words down, and what is still marked is read as it is. */
#include "casework/terms.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#define TERM_SIZE 64    /* bytes with NUL; longer runs of letters are cut */
#define TERMS_WANTED 12 /* that a search looks for; the text itself is checked in any case */
#define AROUND 12       /* characters shown on each side of a hit */

bool terms_mark(struct store *store, int64_t case_id, struct err *err)
{
    return store_run(store, "INSERT INTO terms_due (case_id) VALUES ($1) ON CONFLICT DO NOTHING",
                     NULL, err, "i", case_id);
}

static bool is_letter(uint32_t code)
{
    return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
           (code >= 'A' && code <= 'Z');
}

/* Characters that make words in pairs: ideographs, and whatever else is no ASCII and no
 * punctuation. */
static bool is_sign(uint32_t code)
{
    return code >= 0x3400 && !(code >= 0xFE30 && code <= 0xFFEF) &&
           !(code >= 0xFE00 && code <= 0xFE0F);
}

typedef bool term_fn(void *context, const char *term, struct err *err);

/* The text with its letters small and its widths and spaces as they are compared. */
static char *plain_of(const char *text)
{
    char *plain = text_normal(text);

    for (char *at = plain; *at; at++) {
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    }
    return plain;
}

/* Every term of a plain text, repeats too. A sign that stands alone is a term by itself. */
static bool each_term(const char *plain, term_fn *each, void *context, struct err *err)
{
    const char *at = plain;
    const char *before = NULL; /* the sign just passed */
    bool is_paired = false;

    for (;;) {
        const char *here = at;
        uint32_t code = text_next(&at);
        char term[TERM_SIZE];
        bool is_sign_here = code && is_sign(code);

        if (before && (is_sign_here || !is_paired)) {
            const char *end = is_sign_here ? at : here;

            (void)snprintf(term, sizeof term, "%.*s", (int)(end - before), before);
            if (!each(context, term, err)) {
                return false;
            }
        }
        is_paired = before && is_sign_here;
        before = is_sign_here ? here : NULL;
        if (is_letter(code)) {
            while (is_letter((unsigned char)*at)) {
                at++;
            }
            (void)snprintf(term, sizeof term, "%.*s", (int)(at - here), here);
            if (!each(context, term, err)) {
                return false;
            }
        }
        if (!code) {
            return true;
        }
    }
}

struct putting {
    struct store *store;
    int64_t case_id;
};

static bool put_term(void *context, const char *term, struct err *err)
{
    const struct putting *putting = context;

    return store_run(putting->store,
                     "INSERT INTO terms (term, case_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                     NULL, err, "ti", term, putting->case_id);
}

/* The marked case with the lowest id, with a copy of its record; case_id 0: none. */
static bool next_marked(struct store *store, int64_t *case_id, char **record, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    *case_id = 0;
    *record = NULL;
    if (!store_ask(store,
                   "SELECT c.case_id, c.record FROM terms_due AS t JOIN cases AS c"
                   " ON c.case_id = t.case_id ORDER BY t.case_id LIMIT 1",
                   &stmt, err, "") ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        *case_id = stmt_int(stmt, 0);
        *record = mem_text(stmt_text(stmt, 1, NULL));
    }
    stmt_reset(stmt);
    return true;
}

static bool put_case(struct store *store, int64_t case_id, const char *record, struct err *err)
{
    struct putting putting = {.store = store, .case_id = case_id};
    char *plain = plain_of(record);
    bool ok = each_term(plain, put_term, &putting, err) &&
              store_run(store, "DELETE FROM terms_due WHERE case_id = $1", NULL, err, "i", case_id);

    mem_free(plain);
    return ok;
}

bool terms_refresh(struct store *store, int64_t most, int64_t *done, struct err *err)
{
    int64_t case_id = 0;
    char *record = NULL;
    bool ok;

    *done = 0;
    if (!next_marked(store, &case_id, &record, err)) {
        return false;
    }
    if (!case_id) {
        return true; /* the usual case costs no transaction */
    }
    ok = store_begin(store, err);
    while (ok && case_id && *done < most) {
        ok = put_case(store, case_id, record, err);
        mem_free(record);
        record = NULL;
        ++*done;
        ok = ok && next_marked(store, &case_id, &record, err);
    }
    mem_free(record);
    ok = ok && store_commit(store, err);
    if (!ok && store_is_in_transaction(store)) {
        store_rollback(store);
    }
    return ok;
}

/* ---- looking ---- */

struct wanted {
    struct store *store;
    char terms[TERMS_WANTED][TERM_SIZE];
    size_t count;
    char *words[TERMS_WANTED]; /* plain; each must stand in the record */
    size_t word_count;
};

static bool want_term(void *context, const char *term, struct err *err)
{
    struct wanted *wanted = context;

    (void)err;
    for (size_t i = 0; i < wanted->count; i++) {
        if (strcmp(wanted->terms[i], term) == 0) {
            return true;
        }
    }
    if (wanted->count < TERMS_WANTED) {
        (void)snprintf(wanted->terms[wanted->count++], TERM_SIZE, "%s", term);
    }
    return true;
}

static bool want_word(struct wanted *wanted, const char *begin, const char *end, struct err *err)
{
    char *word;
    char *plain;

    if (end == begin || wanted->word_count == TERMS_WANTED) {
        return true;
    }
    word = mem_text_n(begin, (size_t)(end - begin));
    plain = plain_of(word);
    mem_free(word);
    wanted->words[wanted->word_count++] = plain;
    return each_term(plain, want_term, wanted, err);
}

/* Words are parted by spaces, half or full width. */
static bool want(struct wanted *wanted, const char *text, struct err *err)
{
    const char *at = text;
    const char *begin = text;
    uint32_t code;

    do {
        const char *here = at;

        code = text_next(&at);
        if (code == 0 || code == ' ' || code == '\t' || code == 0x3000) {
            if (!want_word(wanted, begin, here, err)) {
                return false;
            }
            begin = at;
        }
    } while (code);
    return true;
}

/* Letters at the end of a run are only its beginning, and one sign is the first of many pairs. */
static bool is_prefix(const char *term)
{
    const char *at = term;

    return !is_sign(text_next(&at)) || *at == '\0';
}

/* The term that stands in the fewest cases leads; counted no further than it matters. */
static bool put_rarest_first(struct wanted *wanted, struct err *err)
{
    int64_t least = INT64_MAX;
    size_t best = 0;

    for (size_t i = 0; i < wanted->count; i++) {
        int64_t count = 0;

        if (is_prefix(wanted->terms[i]) && wanted->count > 1) {
            continue;
        }
        if (!store_one_int(
                wanted->store,
                "SELECT COUNT(*) FROM (SELECT 1 FROM terms WHERE term = $1 LIMIT 2000) AS t",
                &count, err, "t", wanted->terms[i])) {
            return false;
        }
        if (count < least) {
            least = count;
            best = i;
        }
    }
    if (best > 0) {
        char term[TERM_SIZE];

        memcpy(term, wanted->terms[0], TERM_SIZE);
        memcpy(wanted->terms[0], wanted->terms[best], TERM_SIZE);
        memcpy(wanted->terms[best], term, TERM_SIZE);
    }
    return true;
}

static bool says_all(const struct wanted *wanted, const char *record)
{
    char *plain = plain_of(record);
    bool is_all = true;

    for (size_t i = 0; is_all && i < wanted->word_count; i++) {
        is_all = strstr(plain, wanted->words[i]) != NULL;
    }
    mem_free(plain);
    return is_all;
}

/* Marked cases first, since they are the newest; then by the index, checking the other terms. */
static void put_sql(const struct wanted *wanted, const int64_t *offices, size_t count,
                    struct buf *sql)
{
    buf_add_text(sql, "SELECT c.case_id, c.record FROM ");
    if (!wanted) {
        buf_add_text(sql, "terms_due AS t CROSS JOIN cases AS c WHERE c.case_id = t.case_id"
                          " AND $1 = $1");
    } else if (is_prefix(wanted->terms[0])) {
        buf_add_text(sql,
                     "(SELECT DISTINCT case_id FROM terms WHERE term >= $1 AND term < $1 || "
                     "'\xF4\x8F\xBF\xBF') AS t CROSS JOIN cases AS c WHERE c.case_id = t.case_id");
    } else {
        buf_add_text(sql, "terms AS t CROSS JOIN cases AS c WHERE c.case_id = t.case_id AND"
                          " t.term = $1");
    }
    for (size_t i = 1; wanted && i < wanted->count; i++) {
        if (!is_prefix(wanted->terms[i])) {
            buf_add_format(sql,
                           " AND EXISTS (SELECT 1 FROM terms AS o WHERE o.term = $%zu"
                           " AND o.case_id = t.case_id)",
                           i + 1);
        }
    }
    buf_add_text(sql, " AND c.office_id IN (-1");
    for (size_t i = 0; i < count; i++) {
        buf_add_format(sql, ", %lld", (long long)offices[i]);
    }
    buf_add_text(sql, wanted ? ") AND NOT EXISTS (SELECT 1 FROM terms_due AS d WHERE d.case_id ="
                               " t.case_id) ORDER BY t.case_id DESC"
                             : ") ORDER BY t.case_id DESC");
}

static bool bind_terms(const struct wanted *wanted, struct stmt *stmt, struct err *err)
{
    if (!wanted) {
        return stmt_bind_int(stmt, 1, 0, err);
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if ((i == 0 || !is_prefix(wanted->terms[i])) &&
            !stmt_bind_text(stmt, (int)i + 1, wanted->terms[i], err)) {
            return false;
        }
    }
    return true;
}

static bool walk(struct wanted *wanted, bool by_index, const char *sql, terms_hit_fn *each,
                 void *context, bool *is_over, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = store_use(wanted->store, sql, &stmt, err) &&
              bind_terms(by_index ? wanted : NULL, stmt, err);

    while (ok && !*is_over && (ok = stmt_step(stmt, &has_row, err)) && has_row) {
        const char *record = stmt_text(stmt, 1, NULL);

        *is_over = says_all(wanted, record) && !each(context, stmt_int(stmt, 0), record);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    return ok;
}

bool terms_find(struct store *store, const char *text, const int64_t *offices, size_t office_count,
                terms_hit_fn *each, void *context, struct err *err)
{
    struct wanted *wanted = mem_new(sizeof *wanted);
    bool is_over = false;
    bool ok;
    struct buf sql;

    buf_init(&sql, (size_t)256 * 1024);
    wanted->store = store;
    ok = want(wanted, text, err);
    if (ok && wanted->count > 0) {
        put_sql(NULL, offices, office_count, &sql);
        ok = put_rarest_first(wanted, err) &&
             walk(wanted, false, buf_text(&sql), each, context, &is_over, err);
        buf_reset(&sql);
        put_sql(wanted, offices, office_count, &sql);
        ok = ok && (is_over || walk(wanted, true, buf_text(&sql), each, context, &is_over, err));
    }
    for (size_t i = 0; i < wanted->word_count; i++) {
        mem_free(wanted->words[i]);
    }
    mem_free(wanted);
    buf_clear(&sql);
    return ok;
}

/* Up to AROUND characters back from at, not past a quote of the JSON. */
static const char *back_from(const char *begin, const char *at)
{
    for (int count = 0; at > begin && at[-1] != '"' && count < AROUND; count++) {
        do {
            at--;
        } while (at > begin && ((unsigned char)*at & 0xC0) == 0x80);
    }
    return at;
}

static const char *on_from(const char *at)
{
    const char *end = at;

    for (int count = 0; *end && *end != '"' && count < AROUND; count++) {
        (void)text_next(&end);
    }
    return end;
}

void terms_around(const char *record, const char *text, char *out, size_t size)
{
    char *plain = plain_of(record);
    char *word = plain_of(text);
    const char *hit = *word ? strstr(plain, word) : NULL;

    out[0] = '\0';
    if (hit) {
        const char *from = back_from(plain, hit);
        const char *to = on_from(hit + strlen(word));

        (void)snprintf(out, size, "%s%.*s%s", from > plain && from[-1] != '"' ? "…" : "",
                       (int)(to - from), from, *to && *to != '"' ? "…" : "");
        text_trim(out);
    }
    mem_free(word);
    mem_free(plain);
}
