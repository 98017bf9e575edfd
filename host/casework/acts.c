/* Acts under their key. The result of the first one is kept, so that a command that was cut off can
   be sent again and nothing happens twice. */
#include "casework/acts.h"

#include <string.h>

#include "base/codec.h"
#include "base/json.h"
#include "base/text.h"
#include "casework/audit.h"

#define CONTENT_LIMIT ((size_t)32 * 1024 * 1024)

void act_digest(struct site *site, struct act *act, const struct value *content)
{
    unsigned char bytes[DIGEST_SIZE];
    struct buf text;

    buf_init(&text, CONTENT_LIMIT);
    codec_put_text(&text, act->name);
    codec_put_text(&text, act->object);
    json_write(content, &text);
    digest_bytes(site->digest, text.bytes, text.length, bytes);
    digest_hex(bytes, act->digest);
    buf_clear(&text);
}

static bool check_key(const char *key, struct err *err)
{
    size_t length = strlen(key);

    if (length == 0 || length > ACTS_KEY_LIMIT || !text_is_utf8(key, length)) {
        err_set(err, ERR_INVALID,
                SAY("--key 应是 1 到 %d 字节的文本", "--key is a text of 1 to %d bytes"),
                ACTS_KEY_LIMIT);
        return false;
    }
    return true;
}

bool act_begin(struct site *site, const struct act *act, bool *is_repeat, struct buf *result,
               struct err *err)
{
    bool ok = true;
    bool has_row = false;
    struct stmt *stmt = NULL;

    *is_repeat = false;
    if (!act->key) {
        return true;
    }
    if (!check_key(act->key, err) ||
        !store_ask(site->store,
                   "SELECT digest, result FROM acts WHERE office_id = $1 AND act_key = $2", &stmt,
                   err, "it", act->office_id, act->key) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row && strcmp(stmt_text(stmt, 0, NULL), act->digest) != 0) {
        err_set(err, ERR_CONFLICT,
                SAY("键“%s”已用于另一项内容不同的操作", "the key \"%s\" was used for another act"),
                act->key);
        ok = false;
    } else if (has_row) {
        size_t length = 0;
        const char *text = stmt_text(stmt, 1, &length);

        buf_reset(result);
        buf_add(result, text, length);
        *is_repeat = true;
    }
    stmt_reset(stmt);
    return ok;
}

static bool keep(struct site *site, const struct act *act, const char *result, struct err *err)
{
    if (strlen(result) > ACTS_RESULT_LIMIT) {
        err_set(
            err, ERR_INVALID,
            SAY("操作的结果太长，不能用 --key", "the result of this act is too long for --key"));
        return false;
    }
    return store_run(site->store,
                     "INSERT INTO acts (office_id, act_key, digest, result, done_at) "
                     "VALUES ($1, $2, $3, $4, $5)",
                     NULL, err, "ittti", act->office_id, act->key, act->digest, result,
                     site_now(site));
}

bool act_finish(struct site *site, const struct act *act, const char *result,
                const struct value *body, struct err *err)
{
    bool ok;
    struct buf json;
    struct audit_row row = {.office = act->office, .act = act->name, .object = act->object};

    if (act->key && !keep(site, act, result ? result : "", err)) {
        return false;
    }
    buf_init(&json, ACTS_RESULT_LIMIT);
    if (body) {
        json_write(body, &json);
        row.body = buf_text(&json);
    }
    if (act->actor) {
        row.recorder = act->actor->recorder;
        row.actor = act->actor->person;
    }
    ok = audit_append(site, &row, err);
    buf_clear(&json);
    return ok;
}

bool act_run(struct site *site, const struct act *act, act_work *work, void *context,
             struct buf *result, struct err *err)
{
    bool ok = false;
    bool is_repeat = false;
    struct value *body = NULL;

    buf_reset(result);
    if (!store_begin(site->store, err)) {
        return false;
    }
    if (!act_begin(site, act, &is_repeat, result, err)) {
        goto done;
    }
    if (!is_repeat && (!work(context, result, &body, err) ||
                       !act_finish(site, act, buf_text(result), body, err))) {
        goto done;
    }
    ok = store_commit(site->store, err);
done:
    if (!ok) {
        store_rollback(site->store);
    }
    value_free(body);
    return ok;
}
