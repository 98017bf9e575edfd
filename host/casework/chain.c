/* The hash chain of a case. What a row covers stands in the header; here are its bytes: the small
   list goes through one reusable buffer and one digest context, because a tick hashes every row it
   writes. */
#include "casework/chain.h"

#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/mem.h"
#include "base/text.h"

#define CHAIN_ROW_MAX ((size_t)64 * 1024)

struct chain {
    struct digest *digest;
    struct buf row;
};

struct span span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

bool span_is(struct span span, const char *text)
{
    return span.bytes && strlen(text) == span.length && memcmp(span.bytes, text, span.length) == 0;
}

struct chain *chain_new(void)
{
    struct chain *chain = mem_new(sizeof *chain);

    chain->digest = digest_new();
    buf_init(&chain->row, CHAIN_ROW_MAX);
    return chain;
}

void chain_free(struct chain *chain)
{
    if (chain) {
        digest_free(chain->digest);
        buf_clear(&chain->row);
        mem_free(chain);
    }
}

static void put_span(struct buf *out, struct span span)
{
    if (span.bytes) {
        codec_put_string(out, span.bytes, span.length);
    } else {
        codec_put_nil(out);
    }
}

void chain_hash(struct chain *chain, const unsigned char previous[static DIGEST_SIZE],
                struct event *event)
{
    struct buf *row = &chain->row;

    if (event->body.bytes) {
        digest_bytes(chain->digest, event->body.bytes, event->body.length, event->digest);
    }
    buf_reset(row);
    buf_add(row, previous, DIGEST_SIZE);
    codec_put_list(row, 13);
    put_span(row, event->number);
    codec_put_int(row, event->seq);
    codec_put_bool(row, event->is_input);
    put_span(row, event->kind);
    put_span(row, event->name);
    codec_put_int(row, event->at);
    codec_put_int(row, event->now);
    if (event->has_occurred) {
        codec_put_int(row, event->occurred);
    } else {
        codec_put_nil(row);
    }
    put_span(row, event->actor);
    put_span(row, event->recorder);
    put_span(row, event->version);
    put_span(row, event->calendar);
    codec_put_int(row, event->line);
    buf_add(row, event->digest, DIGEST_SIZE);
    digest_bytes(chain->digest, row->bytes, row->length, event->hash);
}

static struct span column(const struct stmt *stmt, int index)
{
    struct span span = {NULL, 0};

    span.bytes = stmt_text(stmt, index, &span.length);
    return span;
}

static void read_row(const struct stmt *stmt, struct event *event)
{
    event->number = column(stmt, 0);
    event->seq = stmt_int(stmt, 1);
    event->is_input = stmt_int(stmt, 2) != 0;
    event->kind = column(stmt, 3);
    event->name = column(stmt, 4);
    event->at = stmt_int(stmt, 5);
    event->now = stmt_int(stmt, 6);
    event->has_occurred = !stmt_is_null(stmt, 7);
    event->occurred = event->has_occurred ? stmt_int(stmt, 7) : 0;
    event->actor = column(stmt, 8);
    event->recorder = column(stmt, 9);
    event->version = column(stmt, 10);
    event->calendar = column(stmt, 11);
    event->line = stmt_int(stmt, 12);
    event->body = column(stmt, 13);
}

static bool is_blob(const struct stmt *stmt, int index, const unsigned char *wanted)
{
    size_t length = 0;
    const void *bytes = stmt_blob(stmt, index, &length);

    return bytes && length == DIGEST_SIZE && memcmp(bytes, wanted, DIGEST_SIZE) == 0;
}

/* Checks one row against what the chain says it must be; head is the hash before and becomes the
 * one after. */
static bool row_fits(struct chain *chain, const struct stmt *stmt, int64_t wanted_seq,
                     unsigned char head[static DIGEST_SIZE], struct chain_report *report)
{
    struct event event = {0};
    size_t length = 0;
    const void *digest = stmt_blob(stmt, 14, &length);

    read_row(stmt, &event);
    report->rows++;
    if (!event.body.bytes && digest && length == DIGEST_SIZE) {
        memcpy(event.digest, digest,
               DIGEST_SIZE); /* destroyed: its digest still stands in the chain */
        report->destroyed++;
    }
    chain_hash(chain, head, &event);
    memcpy(head, event.hash, DIGEST_SIZE);
    return event.seq == wanted_seq && is_blob(stmt, 14, event.digest) &&
           is_blob(stmt, 15, event.hash);
}

static bool head_fits(struct store *store, int64_t case_id, int64_t seq, const unsigned char *head,
                      bool *fits, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (!store_ask(store, "SELECT seq, head FROM cases WHERE case_id = $1", &stmt, err, "i",
                   case_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    *fits = has_row && stmt_int(stmt, 0) == seq && is_blob(stmt, 1, head);
    stmt_reset(stmt);
    return true;
}

bool chain_verify(struct chain *chain, struct store *store, int64_t case_id,
                  struct chain_report *report, struct err *finding, struct err *err)
{
    static const char sql[] =
        "SELECT c.number, e.seq, e.is_input, e.kind, e.name, e.at, e.now, e.occurred, e.actor,"
        " e.recorder, v.hash, k.hash, e.line, e.body, e.digest, e.hash FROM events AS e"
        " JOIN cases AS c ON c.case_id = e.case_id"
        " JOIN activations AS a ON a.activation_id = e.version"
        " JOIN versions AS v ON v.version_id = a.version_id"
        " JOIN calendars AS k ON k.calendar_id = e.calendar"
        " WHERE e.case_id = $1 ORDER BY e.seq";
    unsigned char head[DIGEST_SIZE] = {0};
    struct stmt *stmt = NULL;
    bool has_row = false;
    bool fits = true;
    int64_t seq = 0;

    *report = (struct chain_report){0};
    if (!store_ask(store, sql, &stmt, err, "i", case_id)) {
        return false;
    }
    for (;;) {
        if (!stmt_step(stmt, &has_row, err)) {
            return false;
        }
        if (!has_row) {
            break;
        }
        seq++;
        if (!row_fits(chain, stmt, seq, head, report) && report->broken++ == 0) {
            report->first_broken = seq;
            err_set(finding, ERR_CONFLICT,
                    SAY("第 %lld 行与链不符", "row %lld does not fit the chain"), (long long)seq);
        }
    }
    stmt_reset(stmt);
    if (!head_fits(store, case_id, seq, head, &fits, err)) {
        return false;
    }
    if (!fits && report->broken++ == 0) {
        report->first_broken = seq;
        err_set(finding, ERR_CONFLICT, "%s",
                SAY("案件行的末端与链不符", "the head of the case does not fit the chain"));
    }
    return true;
}
