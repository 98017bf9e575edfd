/* The way of each message that has none: person, paper, channel, hour. */
#include "serve/letters.h"

#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/conf_channels.h"
#include "casework/rows.h"
#include "serve/pigeonholes.h"
#include "serve/letters_parts.h"

#define HOUR_MS (CLOCK_DAY_MS / 24)
#define PAPER_AGAIN_MS \
    INT64_C(600000) /* how often a message that waits for its paper looks again */
#define LETTERS_BATCH 512

/* How one message goes. */
struct way {
    const char *channel;
    int64_t priority;
    int64_t expires_at; /* INT64_MAX: never */
};

/* ---- reading ---- */

static void read_letter(const struct stmt *stmt, struct letter *letter)
{
    *letter = (struct letter){.outbox_id = stmt_int(stmt, 0),
                              .case_id = row_id(stmt, 1),
                              .office_id = stmt_int(stmt, 2),
                              .person_id = stmt_int(stmt, 3),
                              .created_at = stmt_int(stmt, 4),
                              .digest_id = row_id(stmt, 5),
                              .is_again = stmt_int(stmt, 6) != 0,
                              .key = row_copy(stmt, 7),
                              .template = row_copy(stmt, 8),
                              .data = row_copy(stmt, 9),
                              .principals = row_copy(stmt, 10)};
}

static bool read_letters(struct keeper *keeper, int64_t limit, struct letter *letters,
                         size_t *count, struct err *err)
{
    static const char sql[] =
        "SELECT o.outbox_id, o.case_id, COALESCE(c.office_id, p.office_id), o.person_id,"
        " o.created_at, o.digest_id, o.reason <> '', o.effect_key, o.template, o.data,"
        " o.principals FROM outbox AS o JOIN people AS p ON p.person_id = o.person_id"
        " LEFT JOIN cases AS c ON c.case_id = o.case_id WHERE o.status = 'waiting'"
        " AND o.channel IS NULL AND o.hold_until IS NULL ORDER BY o.outbox_id LIMIT $1";
    struct stmt *stmt = NULL;
    bool has_row = false;

    *count = 0;
    if (!store_ask(keeper->store, sql, &stmt, err, "i", limit)) {
        return false;
    }
    while (stmt_step(stmt, &has_row, err)) {
        if (!has_row) {
            return true;
        }
        read_letter(stmt, &letters[(*count)++]);
    }
    return false;
}

/* ---- the paper it carries ---- */

static bool hold(struct keeper *keeper, const struct letter *letter, int64_t until,
                 const char *reason, struct err *err)
{
    return store_run(keeper->store,
                     "UPDATE outbox SET hold_until = $2, reason = $3 WHERE outbox_id = $1", NULL,
                     err, "iit", letter->outbox_id, until, reason);
}

/* A text of its data, the caller's; NULL when there is none. */
static char *data_text(const struct letter *letter, const char *key)
{
    struct value *data = NULL;
    char *text = NULL;

    if (strstr(letter->data, key) && json_parse(letter->data, strlen(letter->data), &data, NULL)) {
        text = mem_text(value_get_text(data, key));
    }
    value_free(data);
    return text;
}

/* The name of the paper it carries, the caller's. */
static char *paper_of(const struct letter *letter)
{
    return letter->case_id ? data_text(letter, "document") : NULL;
}

/* What tells of a channel that lets nothing through does not go through it. */
static bool choose_channel(struct keeper *keeper, const struct letter *letter,
                           const struct addressee *to, const char **name, const char **lacks,
                           struct err *err)
{
    char *past = strcmp(letter->template, LETTERS_DOWN) == 0 ? data_text(letter, "channel") : NULL;
    bool ok = routes_channel_past(keeper->site, to, past, name, lacks, err);

    mem_free(past);
    return ok;
}

static bool hold_for_paper(struct keeper *keeper, const struct letter *letter, const char *name,
                           struct err *err)
{
    bool ok;
    struct buf reason;

    buf_init(&reason, 512);
    buf_add_format(&reason, SAY("等文书 %s 编号后发送", "waits until the paper %s is numbered"),
                   name);
    ok = hold(keeper, letter, keeper_instant(keeper) + PAPER_AGAIN_MS, buf_text(&reason), err);
    buf_clear(&reason);
    return ok;
}

/* A message that carries a paper waits until the paper is there, and goes with it when it is
   cancelled. */
static bool look_at_paper(struct keeper *keeper, const struct letter *letter, bool *is_settled,
                          struct err *err)
{
    char *name = paper_of(letter);
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool is_numbered = false;
    bool is_cancelled = false;
    bool ok = true;

    *is_settled = false;
    if (!name) {
        return true;
    }
    ok = store_ask(keeper->store,
                   "SELECT status FROM documents WHERE case_id = $1 AND name = $2"
                   " ORDER BY document_id DESC LIMIT 1",
                   &stmt, err, "it", letter->case_id, name) &&
         stmt_step(stmt, &has_row, err);
    if (ok && has_row) {
        is_numbered = strcmp(stmt_text(stmt, 0, NULL), "numbered") == 0;
        is_cancelled = strcmp(stmt_text(stmt, 0, NULL), "cancelled") == 0;
        stmt_reset(stmt);
    }
    if (ok && !is_numbered) {
        *is_settled = true;
        ok = is_cancelled ? letters_cancel(keeper, letter->outbox_id,
                                           SAY("所附文书已取消", "its paper was cancelled"), err)
                          : hold_for_paper(keeper, letter, name, err);
    }
    mem_free(name);
    return ok;
}

/* ---- channel and hour ---- */

static bool no_channel(struct keeper *keeper, const struct letter *letter,
                       const struct addressee *to, const char *lacks, struct err *err)
{
    struct buf reason;
    bool ok;

    buf_init(&reason, 1000);
    routes_say_why(to, lacks, &reason);
    buf_add_text(&reason, SAY("，再执行 duban outbox replay", ", then duban outbox replay"));
    ok = letters_dead(keeper, letter, buf_text(&reason), err);
    buf_clear(&reason);
    return ok;
}

static int64_t expiry(struct keeper *keeper, const struct letter *letter,
                      const struct template_manner *manner, const char *channel)
{
    const struct value *conf = conf_channel(&keeper->site->conf, keeper->site->is_virtual, channel);
    int64_t hours = value_get_int(conf, "expires", 0);
    int64_t ms = hours > 0 ? hours * HOUR_MS : 0;

    ms = manner->worth_ms && (!ms || manner->worth_ms < ms) ? manner->worth_ms : ms;
    return ms ? letter->created_at + ms : INT64_MAX;
}

static bool go(struct keeper *keeper, const struct letter *letter, const struct way *way,
               struct err *err)
{
    return store_run(keeper->store,
                     "UPDATE outbox SET channel = $2, priority = $3, expires_at = NULLIF($4, $5),"
                     " hold_until = NULL, reason = '' WHERE outbox_id = $1",
                     NULL, err, "itiii", letter->outbox_id, way->channel, way->priority,
                     way->expires_at, INT64_MAX);
}

/* Held with what it will need when it is looked at again. */
static bool hold_for_quiet(struct keeper *keeper, const struct letter *letter,
                           const struct way *way, int64_t until, struct err *err)
{
    char text[24];
    struct buf reason;
    bool ok;

    clock_format_instant(until, text);
    text[16] = '\0';
    buf_init(&reason, 256);
    buf_add_format(&reason, SAY("免打扰，%s 后发送", "quiet hours: not before %s"), text);
    ok = store_run(keeper->store,
                   "UPDATE outbox SET hold_until = $2, priority = $3, expires_at = NULLIF($4, $5),"
                   " reason = $6 WHERE outbox_id = $1",
                   NULL, err, "iiiiit", letter->outbox_id, until, way->priority, way->expires_at,
                   INT64_MAX, buf_text(&reason));
    buf_clear(&reason);
    return ok;
}

static bool choose_hour(struct keeper *keeper, const struct letter *letter,
                        const struct addressee *to, const struct way *way, struct err *err)
{
    const struct workdays *workdays = NULL;
    int64_t now = keeper_instant(keeper);
    int64_t until = now;

    if (way->priority > 0 && (to->quiet.from != QUIET_NEVER || to->quiet.is_workdays)) {
        if (!pigeonholes_workdays(keeper->pigeonholes, to->office_id, &workdays, err)) {
            return false;
        }
        until = quiet_until(&to->quiet, workdays, now);
    }
    return until > now ? hold_for_quiet(keeper, letter, way, until, err)
                       : go(keeper, letter, way, err);
}

/* ---- one message ---- */

static bool place(struct keeper *keeper, const struct letter *letter,
                  const struct template_manner *manner, struct err *err)
{
    bool is_digest = strcmp(letter->template, LETTERS_DIGEST) == 0 && letter->digest_id;
    int64_t now = keeper_instant(keeper);
    struct way way = {.priority = is_digest ? 3 : manner->priority};
    const char *lacks = NULL;
    struct addressee to;

    if (!routes_addressee(keeper->site, letter->person_id, &to, err) ||
        !choose_channel(keeper, letter, &to, &way.channel, &lacks, err)) {
        return false;
    }
    if (!way.channel) {
        return no_channel(keeper, letter, &to, lacks, err);
    }
    way.expires_at = expiry(keeper, letter, manner, way.channel);
    if (way.expires_at <= now) {
        return letters_dead(keeper, letter,
                            SAY("过了有效期，没有发出", "it was out of date before it could go"),
                            err);
    }
    if (manner->is_collectable && manner->priority == 2 && to.digest_at != QUIET_NEVER &&
        !letter->digest_id) {
        return letters_collect(keeper, letter, &to, now, err);
    }
    return choose_hour(keeper, letter, &to, &way, err);
}

static bool route(struct keeper *keeper, struct letter *letter, struct err *err)
{
    const struct template *template = NULL;
    enum letter_fate fate = LETTER_GOES;
    bool is_settled = false;
    struct err why = {0};

    if ((letter->is_again || clock_day(letter->created_at) != clock_day(keeper_instant(keeper))) &&
        !letters_who(keeper, letter, &fate, err)) {
        return false;
    }
    if (fate == LETTER_SETTLED) {
        return true;
    }
    if (!look_at_paper(keeper, letter, &is_settled, err) || is_settled) {
        return is_settled;
    }
    if (!pigeonholes_template(keeper->pigeonholes, letter->template, &template, &why)) {
        return letters_dead(keeper, letter, why.text, err);
    }
    return place(keeper, letter, template_manner(template), err);
}

static bool route_all(struct keeper *keeper, int64_t limit, int64_t *done, struct err *err)
{
    struct letter letters[LETTERS_BATCH];
    size_t count = 0;
    bool ok = read_letters(keeper, limit, letters, &count, err);

    for (size_t i = 0; i < count; i++) {
        ok = ok && route(keeper, &letters[i], err);
        letter_clear(&letters[i]);
    }
    *done += (int64_t)count;
    return ok;
}

bool letters_route(struct keeper *keeper, int64_t limit, int64_t *count, struct err *err)
{
    bool is_inside = store_is_in_transaction(keeper->store);
    bool ok = true;

    *count = 0;
    if (!routes_are_any(keeper->site)) {
        return true;
    }
    if (!is_inside && (!keeper_begin(keeper, err) || !store_begin(keeper->store, err))) {
        return false;
    }
    recipients_reset(keeper->recipients); /* roles may have changed since somebody began */
    while (ok && *count < limit) {
        int64_t before = *count;
        int64_t turn = limit - *count < LETTERS_BATCH ? limit - *count : LETTERS_BATCH;

        ok = route_all(keeper, turn, count, err);
        if (*count - before < turn) {
            break;
        }
    }
    if (is_inside) {
        return ok;
    }
    if (!ok) {
        keeper_rollback(keeper);
        return false;
    }
    crash_point("letters.before_commit");
    ok = keeper_commit(keeper, err);
    crash_point("letters.after_commit");
    return ok;
}
