/* Whom a message is for today. It was put down for the people who held a role then; since, the role
   may have passed to another, somebody may stand in, or nobody may be left. */
#include "serve/letters_parts.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "serve/scene.h"

#define WHO_LIMIT ((size_t)64 * 1024)
#define UNREACHABLE \
    "unreachable" /* the template that tells the administrator: never told of itself */

void letter_clear(struct letter *letter)
{
    mem_free(letter->key);
    mem_free(letter->template);
    mem_free(letter->data);
    mem_free(letter->principals);
    *letter = (struct letter){0};
}

/* ---- settling a row ---- */

bool letters_cancel(struct keeper *keeper, int64_t outbox_id, const char *reason, struct err *err)
{
    return store_run(keeper->store,
                     "UPDATE outbox SET status = 'cancelled', reason = $2, hold_until = NULL"
                     " WHERE outbox_id = $1",
                     NULL, err, "it", outbox_id, reason);
}

/* The case hears that nobody heard, and its ladder says what follows. */
static bool tell_case(struct keeper *keeper, const struct letter *letter, struct err *err)
{
    int64_t now = keeper_instant(keeper);
    struct buf body;
    bool ok;

    if (!letter->case_id || strcmp(letter->template, UNREACHABLE) == 0) {
        return true;
    }
    buf_init(&body, WHO_LIMIT + 64);
    buf_add_format(&body, "{\"who\":%s}", letter->principals);
    ok = apply_pending(keeper, NULL,
                       &(struct pending){.case_id = letter->case_id,
                                         .kind = "unreachable",
                                         .name = letter->key,
                                         .body = buf_text(&body),
                                         .at = now,
                                         .now = now,
                                         .round = 1},
                       err);
    buf_clear(&body);
    return ok;
}

bool letters_dead(struct keeper *keeper, const struct letter *letter, const char *reason,
                  struct err *err)
{
    int64_t alive = 0;

    return store_run(keeper->store,
                     "UPDATE outbox SET status = 'dead', reason = $2, hold_until = NULL"
                     " WHERE outbox_id = $1",
                     NULL, err, "it", letter->outbox_id, reason) &&
           store_one_int(keeper->store,
                         "SELECT COUNT(*) FROM outbox WHERE case_id = $1 AND effect_key = $2"
                         " AND status NOT IN ('dead', 'cancelled')",
                         &alive, err, "it", letter->case_id, letter->key) &&
           (alive > 0 || tell_case(keeper, letter, err));
}

/* ---- those meant today ---- */

struct meant {
    const int64_t *ids; /* borrowed from recipients */
    size_t count;
    bool is_known; /* false: the person alone was meant */
};

static bool find_meant(struct keeper *keeper, const struct letter *letter, struct meant *out,
                       struct err *err)
{
    struct value *list = NULL;
    struct buf codec;
    bool ok;

    *out = (struct meant){0};
    if (!json_parse(letter->principals, strlen(letter->principals), &list, err)) {
        return false;
    }
    if (!value_count(list)) {
        value_free(list);
        return true;
    }
    buf_init(&codec, WHO_LIMIT);
    codec_put_value(&codec, list);
    out->is_known = true;
    ok = !codec.is_over &&
         recipients_find(keeper->recipients, letter->office_id, clock_day(keeper_instant(keeper)),
                         (struct span){codec.bytes, codec.length}, &out->ids, &out->count, err);
    buf_clear(&codec);
    value_free(list);
    return ok;
}

static bool has(const int64_t *ids, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return false;
}

bool letters_is_meant(struct keeper *keeper, const struct letter *letter, bool *is_meant,
                      struct err *err)
{
    struct meant meant;

    if (!find_meant(keeper, letter, &meant, err)) {
        return false;
    }
    *is_meant = !meant.is_known || has(meant.ids, meant.count, letter->person_id);
    return true;
}

/* ---- the rows of one message ---- */

static bool has_row_for(struct keeper *keeper, const struct letter *letter, int64_t person_id,
                        bool *has_row, struct err *err)
{
    int64_t count = 0;

    if (!store_one_int(keeper->store,
                       "SELECT COUNT(*) FROM outbox WHERE case_id = $1 AND effect_key = $2"
                       " AND person_id = $3",
                       &count, err, "iti", letter->case_id, letter->key, person_id)) {
        return false;
    }
    *has_row = count > 0;
    return true;
}

/* What went out cannot be taken back; whoever came after that is not told of old things. */
static bool is_out(struct keeper *keeper, const struct letter *letter, bool *out, struct err *err)
{
    int64_t count = 0;

    if (!store_one_int(keeper->store,
                       "SELECT COUNT(*) FROM outbox WHERE case_id = $1 AND effect_key = $2"
                       " AND status IN ('sent', 'claimed', 'unknown')",
                       &count, err, "it", letter->case_id, letter->key)) {
        return false;
    }
    *out = count > 0;
    return true;
}

static bool copy_for(struct keeper *keeper, const struct letter *letter, int64_t person_id,
                     struct err *err)
{
    return store_run(keeper->store,
                     "INSERT INTO outbox (case_id, effect_key, person_id, template, data,"
                     " principals, status, created_at, priority, retry_at, lease_until, attempts,"
                     " reason) SELECT case_id, effect_key, $2, template, data, principals,"
                     " 'waiting', created_at, 2, 0, 0, 0, '' FROM outbox WHERE outbox_id = $1",
                     NULL, err, "ii", letter->outbox_id, person_id);
}

static bool move_to(struct keeper *keeper, struct letter *letter, int64_t person_id,
                    struct err *err)
{
    letter->person_id = person_id;
    return store_run(keeper->store,
                     "UPDATE outbox SET person_id = $2, message = NULL WHERE outbox_id = $1", NULL,
                     err, "ii", letter->outbox_id, person_id);
}

/* Whoever is meant and has no row gets this one (when its person is meant no more) or a copy. */
static bool pass_on(struct keeper *keeper, struct letter *letter, const struct meant *meant,
                    bool *is_placed, struct err *err)
{
    bool went_out = false;

    if (!is_out(keeper, letter, &went_out, err)) {
        return false;
    }
    for (size_t i = 0; i < meant->count; i++) {
        bool has_row = false;

        if (!has_row_for(keeper, letter, meant->ids[i], &has_row, err)) {
            return false;
        }
        if (has_row || (*is_placed && went_out)) {
            continue;
        }
        if (!(*is_placed ? copy_for(keeper, letter, meant->ids[i], err)
                         : move_to(keeper, letter, meant->ids[i], err))) {
            return false;
        }
        *is_placed = true;
    }
    return true;
}

bool letters_who(struct keeper *keeper, struct letter *letter, enum letter_fate *fate,
                 struct err *err)
{
    struct meant meant;
    int64_t before = letter->person_id;
    bool is_placed;

    *fate = LETTER_GOES;
    if (!find_meant(keeper, letter, &meant, err)) {
        return false;
    }
    if (!meant.is_known) {
        return true;
    }
    if (!meant.count) {
        *fate = LETTER_SETTLED;
        return letters_dead(
            keeper, letter,
            SAY("现在无人担任收件的角色；补录任职后执行 duban outbox replay",
                "nobody holds the role it is for; give it to somebody, then duban outbox replay"),
            err);
    }
    is_placed = has(meant.ids, meant.count, letter->person_id);
    if (!pass_on(keeper, letter, &meant, &is_placed, err)) {
        return false;
    }
    if (!is_placed) {
        *fate = LETTER_SETTLED;
        return letters_cancel(keeper, letter->outbox_id,
                              SAY("已不担任此职，同一消息另有收件人",
                                  "no longer in this role; others get the same message"),
                              err);
    }
    *fate = letter->person_id == before ? LETTER_GOES : LETTER_MOVED;
    return true;
}
