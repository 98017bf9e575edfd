/* Reading cases into a batch: what is due, in its order, or one that somebody names. One statement
   without joins finds what is due; what belongs to the activation and the office is remembered. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "serve/input.h"
#include "serve/inside.h"

#define READ_COLUMNS                                                                           \
    "SELECT case_id, number, office_id, activation_id, snapshot, seq, folded, head, wake_at, " \
    "round,"                                                                                   \
    " parent_id, closed_at, outcome, set_aside FROM cases"

static const char *keep_text(struct arena *arena, const struct stmt *stmt, int column)
{
    size_t length = 0;
    const char *text = stmt_text(stmt, column, &length);

    return arena_text(arena, text, length);
}

static bool fill_item(struct keeper *keeper, struct batch *batch, const struct stmt *stmt,
                      struct item *item, struct err *err)
{
    struct bureau *bureau = NULL;
    size_t length = 0;
    const void *bytes;

    item->place = (struct place){stmt_is_null(stmt, 8) ? CASE_NEVER : stmt_int(stmt, 8),
                                 stmt_int(stmt, 9), stmt_int(stmt, 0)};
    item->number = keep_text(&batch->arena, stmt, 1);
    item->office_id = stmt_int(stmt, 2);
    bytes = stmt_blob(stmt, 4, &length);
    if (bytes) {
        item->snapshot = (struct span){arena_text(&batch->arena, bytes, length), length};
    }
    item->seq = stmt_int(stmt, 5);
    item->folded = stmt_int(stmt, 6);
    bytes = stmt_blob(stmt, 7, &length);
    memcpy(item->head, bytes, length < DIGEST_SIZE ? length : DIGEST_SIZE);
    item->parent_id = stmt_is_null(stmt, 10) ? 0 : stmt_int(stmt, 10);
    item->closed_at = stmt_is_null(stmt, 11) ? CASE_NEVER : stmt_int(stmt, 11);
    item->outcome = keep_text(&batch->arena, stmt, 12);
    item->at = CASE_NEVER;
    if (!keeper_bureau(keeper, item->office_id, &bureau, err) ||
        !pool_crew(keeper->pool, stmt_int(stmt, 3), &item->crew, err)) {
        return false;
    }
    item->almanac = &bureau->almanac;
    item->workflow = item->crew->is.workflow;
    return true;
}

#define READ_BODY (4 * VERDICT_BODY) /* JSON of that size takes at most so much here */

static bool put_row(struct buf *out, const struct stmt *stmt, struct err *err)
{
    struct value *body = NULL;
    size_t length = 0;
    const char *json = stmt_text(stmt, 5, &length);
    struct buf bytes;

    if (!json || !json_parse(json, length, &body, err)) {
        if (!json) {
            err_set(err, ERR_MISSING, "%s",
                    SAY("该行内容已依法销毁", "the body was lawfully destroyed"));
        }
        return false;
    }
    buf_init(&bytes, READ_BODY);
    codec_put_value(&bytes, body);
    value_free(body);
    if (bytes.is_over) {
        buf_clear(&bytes);
        err_set(err, ERR_INVALID, "%s", SAY("该行内容过大", "the body is too large"));
        return false;
    }
    batch_put_input(out, &(struct input){.kind = stmt_text(stmt, 0, NULL),
                                         .name = stmt_text(stmt, 1, NULL),
                                         .at = stmt_int(stmt, 2),
                                         .has_occurred = !stmt_is_null(stmt, 4),
                                         .occurred = stmt_is_null(stmt, 4) ? 0 : stmt_int(stmt, 4),
                                         .now = stmt_int(stmt, 3),
                                         .calendar = stmt_text(stmt, 6, NULL),
                                         .actor = stmt_text(stmt, 7, NULL),
                                         .body = {bytes.bytes, bytes.length}});
    buf_clear(&bytes);
    if (out->is_over) {
        err_set(err, ERR_INVALID, "%s",
                SAY("等待办理的各行合起来过大", "the rows that wait are too large together"));
    }
    return !out->is_over;
}

bool read_inputs_until(struct keeper *keeper, struct batch *batch, struct item *item, int64_t last,
                       struct err *err)
{
    static const char sql[] =
        "SELECT e.kind, e.name, e.at, e.now, e.occurred, e.body, k.hash, e.actor,"
        " e.seq FROM events AS e"
        " JOIN calendars AS k ON k.calendar_id = e.calendar"
        " WHERE e.case_id = $1 AND e.seq > $2 AND e.seq <= $3 AND e.is_input = 1 ORDER BY e.seq";
    struct buf *out = &keeper->scratch;
    struct stmt *stmt = NULL;
    bool has_row = false;

    buf_reset(out);
    item->input_count = 0;
    if (!store_ask(keeper->store, sql, &stmt, err, "iii", item->place.case_id, item->folded,
                   last)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            item->inputs =
                (struct span){arena_text(&batch->arena, out->bytes, out->length), out->length};
            return true;
        }
        if (!put_row(out, stmt, &item->fault)) { /* the fault of this case alone */
            err_add(&item->fault, SAY("第 %lld 行", "row %lld"), (long long)stmt_int(stmt, 8));
            item->input_count = 0;
            stmt_reset(stmt);
            return true;
        }
        item->input_count++;
    }
    return false;
}

bool read_case(struct keeper *keeper, struct batch *batch, int64_t case_id, struct item **out,
               struct err *err)
{
    struct item *item = batch_add(batch);
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(keeper->store, READ_COLUMNS " WHERE case_id = $1", &stmt, err, "i", case_id) ||
        !stmt_step(stmt, &has_row, err)) {
        goto fail;
    }
    if (!has_row) {
        err_set(err, ERR_MISSING, "%s", SAY("没有这个案件", "there is no such case"));
        goto fail;
    }
    if (!fill_item(keeper, batch, stmt, item, err)) {
        goto fail;
    }
    if (!stmt_is_null(stmt, 13) || item->crew->is_quarantined) {
        err_set(err, ERR_CONFLICT,
                SAY("案件 %s 因故障被搁置，处理后才能办理：%s", "case %s was put aside: %s"),
                item->number,
                stmt_is_null(stmt, 13) ? SAY("所用版本已隔离", "its version is in quarantine")
                                       : stmt_text(stmt, 13, NULL));
        goto fail;
    }
    stmt_reset(stmt);
    stmt = NULL;
    if (item->seq > item->folded && !read_inputs_until(keeper, batch, item, item->seq, err)) {
        goto fail;
    }
    if (item->fault.kind != ERR_NONE) {
        *err = item->fault;
        goto fail;
    }
    if (!batch_join(batch)) {
        err_set(err, ERR_BUSY, "batch");
        return false;
    }
    *out = item;
    return true;
fail:
    if (stmt) {
        stmt_reset(stmt);
    }
    batch->count--;
    return false;
}

/* The activations whose version is put aside are left out. */
static void put_excluded(struct keeper *keeper, struct buf *sql)
{
    bool is_first = true;

    for (struct crew *crew = pool_first(keeper->pool); crew; crew = crew->next) {
        if (crew->is_quarantined) {
            buf_add_format(sql, "%s%lld", is_first ? " AND activation_id NOT IN (" : ", ",
                           (long long)crew->is.activation_id);
            is_first = false;
        }
    }
    buf_add_text(sql, is_first ? "" : ")");
}

static bool refuse_quarantine(struct err *err)
{
    err_set(err, ERR_INVALID, "%s", SAY("停用的版本过多", "too many versions are in quarantine"));
    return false;
}

bool read_next(struct keeper *keeper, int64_t *wake_at, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool ok = false;
    struct buf sql;

    buf_init(&sql, (size_t)64 * 1024);
    buf_add_text(&sql, "SELECT wake_at FROM cases WHERE wake_at IS NOT NULL");
    put_excluded(keeper, &sql);
    buf_add_text(&sql, " ORDER BY wake_at LIMIT 1");
    if (sql.is_over) {
        (void)refuse_quarantine(err);
    } else if (store_ask(keeper->store, buf_text(&sql), &stmt, err, "") &&
               stmt_step(stmt, &has_row, err)) {
        *wake_at = has_row ? stmt_int(stmt, 0) : CASE_NEVER;
        ok = true;
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    buf_clear(&sql);
    return ok;
}

static void put_due(struct keeper *keeper, struct buf *sql)
{
    buf_add_text(sql,
                 READ_COLUMNS " WHERE wake_at <= $1 AND (wake_at, round, case_id) > ($2, $3, $4)");
    put_excluded(keeper, sql);
    buf_add_format(sql, " ORDER BY wake_at, round, case_id LIMIT %d", BATCH_CASES);
}

bool read_due(struct keeper *keeper, struct batch *batch, struct place after, int64_t until,
              struct err *err)
{
    bool ok = false;
    bool has_row = false;
    struct stmt *stmt = NULL;
    int64_t now = keeper_instant(keeper);
    struct buf sql;

    buf_init(&sql, (size_t)64 * 1024);
    put_due(keeper, &sql);
    if (sql.is_over) {
        (void)refuse_quarantine(err);
        goto done;
    }
    if (!store_ask(keeper->store, buf_text(&sql), &stmt, err, "iiii", until, after.wake_at,
                   after.round, after.case_id)) {
        goto done;
    }
    while (!batch_is_full(batch)) {
        struct item *item;

        if (!stmt_step(stmt, &has_row, err)) {
            goto done;
        }
        if (!has_row) {
            break;
        }
        item = batch_add(batch);
        if (!fill_item(keeper, batch, stmt, item, err)) {
            goto done;
        }
        item->at = item->place.wake_at;
        item->now = keeper->site->is_virtual && item->at > now ? item->at : now;
        if (item->crew->is_quarantined) { /* met for the first time */
            batch->count--;
            continue;
        }
        if (item->seq > item->folded && !read_inputs_until(keeper, batch, item, item->seq, err)) {
            goto done;
        }
        /* What cannot be read is sent to nobody; it is put aside when its turn to be written comes.
         */
        if (item->fault.kind == ERR_NONE && !batch_join(batch)) {
            break;
        }
    }
    ok = true;
done:
    if (stmt) {
        stmt_reset(stmt);
    }
    buf_clear(&sql);
    return ok;
}
