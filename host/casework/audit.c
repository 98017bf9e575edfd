/* The chain of the audit: SHA-256 over the previous hash and the columns of a row, by natural keys
 * only. */
#include "casework/audit.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/json.h"
#include "base/text.h"
#include "base/value.h"
#include "casework/rows.h"

#define ALGORITHM "SHA-256"
#define ROW_LIMIT ((size_t)4 * 1024 * 1024)

/* A row as it is hashed; texts are never NULL. */
struct link {
    int64_t at;
    const char *office;
    const char *recorder;
    const char *actor;
    const char *act;
    const char *object;
    const char *body;
};

static bool hash_link(struct site *site, const struct link *link,
                      const unsigned char before[static DIGEST_SIZE],
                      unsigned char out[static DIGEST_SIZE])
{
    bool ok;
    struct buf bytes;

    buf_init(&bytes, ROW_LIMIT);
    codec_put_list(&bytes, 8);
    codec_put_int(&bytes, link->at);
    codec_put_text(&bytes, link->office);
    codec_put_text(&bytes, link->recorder);
    codec_put_text(&bytes, link->actor);
    codec_put_text(&bytes, link->act);
    codec_put_text(&bytes, link->object);
    codec_put_text(&bytes, link->body);
    codec_put_text(&bytes, ALGORITHM);
    ok = !bytes.is_over;
    digest_start(site->digest);
    digest_add(site->digest, before, DIGEST_SIZE);
    digest_add(site->digest, bytes.bytes, bytes.length);
    digest_end(site->digest, out);
    buf_clear(&bytes);
    return ok;
}

static bool last_hash(struct site *site, unsigned char out[static DIGEST_SIZE], struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    memset(out, 0, DIGEST_SIZE);
    if (!store_ask(site->store, "SELECT hash FROM audit ORDER BY audit_id DESC LIMIT 1", &stmt, err,
                   "") ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        size_t length = 0;
        const void *bytes = stmt_blob(stmt, 0, &length);

        if (length == DIGEST_SIZE) {
            memcpy(out, bytes, DIGEST_SIZE);
        }
    }
    stmt_reset(stmt);
    return true;
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

bool audit_append(struct site *site, const struct audit_row *row, struct err *err)
{
    unsigned char before[DIGEST_SIZE];
    unsigned char hash[DIGEST_SIZE];
    struct link link = {.at = site_now(site), .office = row->office, .act = row->act};

    link.recorder = text_or(row->recorder, "");
    link.actor = text_or(row->actor, "");
    link.object = text_or(row->object, "");
    link.body = text_or(row->body, "{}");
    if (!store_is_in_transaction(site->store)) {
        err_set(err, ERR_INTERNAL,
                SAY("审计记录必须与所记的行为在同一事务中",
                    "an audit row is written in the transaction of its act"));
        return false;
    }
    if (!last_hash(site, before, err)) {
        return false;
    }
    if (!hash_link(site, &link, before, hash)) {
        err_set(err, ERR_INVALID, SAY("审计记录太大", "the audit row is too large"));
        return false;
    }
    site_notice(site, link.at);
    return store_run(
        site->store,
        "INSERT INTO audit (at, office, recorder, actor, act, object, body, algorithm, "
        "hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        NULL, err, "itttttttb", link.at, link.office, link.recorder, link.actor, link.act,
        link.object, link.body, ALGORITHM, (const void *)hash, (size_t)DIGEST_SIZE);
}

/* Numbers may hold anything but a NUL, which therefore stands between number and head. */
static bool add_heads(struct digest *digest, struct stmt *stmt, int64_t *cases, struct err *err)
{
    for (;;) {
        bool has_row = false;
        size_t length = 0;
        const void *bytes;

        if (!stmt_step(stmt, &has_row, err)) {
            return false;
        }
        if (!has_row) {
            return true;
        }
        bytes = stmt_text(stmt, 0, &length);
        digest_add(digest, bytes, length);
        digest_add(digest, "", 1);
        bytes = stmt_blob(stmt, 1, &length);
        digest_add(digest, bytes, length);
        ++*cases;
    }
}

bool audit_heads(struct site *site, struct audit_heads *out, struct err *err)
{
    bool ok;
    int64_t cases = 0;
    unsigned char bytes[DIGEST_SIZE];
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, "SELECT number, head FROM cases ORDER BY number", &stmt, err, "")) {
        return false;
    }
    digest_start(site->digest);
    ok = add_heads(site->digest, stmt, &cases, err);
    stmt_reset(stmt);
    digest_end(site->digest, bytes);
    if (ok) {
        digest_hex(bytes, out->digest);
        out->cases = cases;
    }
    return ok;
}

bool audit_checkpoint(struct site *site, const char *office, const char *recorder,
                      struct audit_heads *out, struct err *err)
{
    bool ok;
    struct audit_heads heads;
    struct value *body = NULL;
    struct buf json;
    struct audit_row row = {.office = office, .recorder = recorder, .act = AUDIT_CHECKPOINT};

    if (!audit_heads(site, &heads, err)) {
        return false;
    }
    buf_init(&json, 4096);
    body = value_new_map();
    value_set_int(body, "cases", heads.cases);
    value_set_text(body, "heads", heads.digest);
    value_set_text(body, "algorithm", ALGORITHM);
    json_write(body, &json);
    row.body = buf_text(&json);
    ok = audit_append(site, &row, err);
    if (ok && out) {
        *out = heads;
    }
    buf_clear(&json);
    value_free(body);
    return ok;
}

/* What is carried from row to row while the chain is walked. */
struct walk {
    unsigned char head[DIGEST_SIZE];
    struct audit_finding finding;
};

static void note_checkpoint(struct walk *walk, const struct link *link)
{
    struct value *body = NULL;
    struct err ignored = {0};

    if (strcmp(link->act, AUDIT_CHECKPOINT) == 0 &&
        json_parse(link->body, strlen(link->body), &body, &ignored)) {
        walk->finding.checkpoint_at = link->at;
        walk->finding.checkpoint.cases = value_get_int(body, "cases", 0);
        row_put(walk->finding.checkpoint.digest, DIGEST_HEX, value_get_text(body, "heads"));
    }
    value_free(body);
}

static bool check_row(struct site *site, const struct stmt *stmt, struct walk *walk,
                      struct err *err)
{
    size_t length = 0;
    const void *stored = stmt_blob(stmt, 8, &length);
    unsigned char hash[DIGEST_SIZE];
    struct link link = {.at = stmt_int(stmt, 1)};
    int64_t id = stmt_int(stmt, 0);

    link.office = text_or(stmt_text(stmt, 2, NULL), "");
    link.recorder = text_or(stmt_text(stmt, 3, NULL), "");
    link.actor = text_or(stmt_text(stmt, 4, NULL), "");
    link.act = text_or(stmt_text(stmt, 5, NULL), "");
    link.object = text_or(stmt_text(stmt, 6, NULL), "");
    link.body = text_or(stmt_text(stmt, 7, NULL), "");
    if (id != walk->finding.rows + 1) {
        err_set(err, ERR_CONFLICT,
                SAY("审计链缺少第 %" PRId64 " 条", "audit row %" PRId64 " is missing"),
                walk->finding.rows + 1);
        return false;
    }
    if (strcmp(text_or(stmt_text(stmt, 9, NULL), ""), ALGORITHM) != 0 ||
        !hash_link(site, &link, walk->head, hash) || length != DIGEST_SIZE ||
        memcmp(stored, hash, DIGEST_SIZE) != 0) {
        err_set(err, ERR_CONFLICT,
                SAY("审计链在第 %" PRId64 " 条断裂（%s %s）：内容与校验值不符",
                    "the audit chain breaks at row %" PRId64
                    " (%s %s): its content does not fit its hash"),
                id, link.act, link.object);
        return false;
    }
    memcpy(walk->head, hash, DIGEST_SIZE);
    walk->finding.rows++;
    note_checkpoint(walk, &link);
    return true;
}

bool audit_verify(struct site *site, struct audit_finding *out, struct err *err)
{
    bool ok = true;
    bool has_row = true;
    struct walk walk = {0};
    struct stmt *stmt = NULL;

    if (!store_ask(
            site->store,
            "SELECT audit_id, at, office, recorder, actor, act, object, body, hash, algorithm "
            "FROM audit ORDER BY audit_id",
            &stmt, err, "")) {
        return false;
    }
    while (ok && has_row) {
        ok = stmt_step(stmt, &has_row, err) && (!has_row || check_row(site, stmt, &walk, err));
    }
    stmt_reset(stmt);
    if (ok && walk.finding.rows == 0) { /* every site begins with the row that made it */
        err_set(err, ERR_CONFLICT, SAY("审计链缺少第 %d 条", "audit row %d is missing"), 1);
        ok = false;
    }
    if (ok && out) {
        digest_hex(walk.head, walk.finding.head);
        *out = walk.finding;
    }
    return ok;
}
