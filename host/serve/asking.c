/* Questions: nothing here writes. A worker is asked with a tree and answers with a tree, since
   people wait for these and not for thousands of them. */
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "serve/inside.h"
#include "serve/keeper_ask.h"

bool keeper_ask(struct keeper *keeper, int64_t activation_id, const struct buf *request,
                struct buf *reply, struct err *err)
{
    struct pool_request asked = {request, 64};
    struct crew *crew = NULL;
    enum pool_end end = POOL_FINE;

    if (activation_id == 0) {
        return pool_ask_plain(keeper->pool, request, reply, err);
    }
    if (!pool_crew(keeper->pool, activation_id, &crew, err)) {
        return false;
    }
    if (pool_ask(keeper->pool, crew, &asked, reply, &end, err)) {
        return true;
    }
    return end == POOL_KILLED && pool_ask(keeper->pool, crew, &asked, reply, &end, err);
}

bool keeper_ask_value(struct keeper *keeper, int64_t activation_id, const struct value *request,
                      struct value **reply, struct err *err)
{
    bool ok = false;
    struct codec_in in;
    struct buf asked;
    struct buf answer;

    buf_init(&asked, PIPE_FRAME_MAX);
    buf_init(&answer, PIPE_FRAME_MAX);
    codec_put_value(&asked, request);
    if (asked.is_over) {
        err_set(err, ERR_INVALID, "%s", SAY("内容过大", "it is too large"));
        goto done;
    }
    if (!keeper_ask(keeper, activation_id, &asked, &answer, err)) {
        goto done;
    }
    codec_begin(&in, answer.bytes, answer.length);
    ok = codec_get_value(&in, reply) && codec_is_done(&in);
    if (!ok) {
        err_set(err, ERR_INVALID, "%s",
                SAY("工作进程的答复无法读取", "the worker's answer cannot be read"));
    }
done:
    buf_clear(&asked);
    buf_clear(&answer);
    return ok;
}

static void add_row(struct value *rows, const struct event_line *line)
{
    struct value *row = value_new_map();
    struct value *body = NULL;
    struct err unsaid = {0};

    value_set_int(row, "seq", line->seq);
    value_set_bool(row, "is_input", line->is_input);
    value_set_text(row, "kind", line->kind);
    value_set_text(row, "name", line->name);
    value_set_int(row, "at", line->at);
    value_set_int(row, "now", line->now);
    value_set_int(row, "line", line->line);
    value_set_text(row, "actor", line->actor_name ? line->actor_name : line->actor);
    if (line->has_occurred) {
        value_set_int(row, "occurred", line->occurred);
    }
    if (!line->body || !json_parse(line->body, strlen(line->body), &body, &unsaid)) {
        body = value_new_map();
    }
    value_set(row, "body", body);
    value_push(rows, row);
}

static bool take_row(void *context, const struct event_line *line)
{
    add_row(context, line);
    return true;
}

/* Asks about one case as it stands and takes one list out of the answer. */
static bool ask_case(struct keeper *keeper, const char *number, const char *op, const char *list,
                     struct value **out, struct err *err)
{
    bool ok = false;
    struct case_row row = {0};
    struct value *request = value_new_map();
    struct value *rows = value_new_list();
    struct value *reply = NULL;
    const char *refused;
    int64_t case_id = 0;

    if (!cases_id(keeper->store, number, &case_id, err) ||
        !cases_load(keeper->store, case_id, &row, err)) {
        goto done;
    }
    if (!row.snapshot) {
        err_set(err, ERR_CONFLICT,
                SAY("案件 %s 还没有处理过，请先运行 duban tick",
                    "case %s was not decided yet: run duban tick first"),
                number);
        goto done;
    }
    if (!events_list(keeper->store, case_id, 0, take_row, rows, err)) {
        goto done;
    }
    value_set_text(request, "op", op);
    value_set_text(request, "number", number);
    value_set_text(request, "lang", SAY("zh", "en"));
    value_set(request, "snapshot", value_new_string(row.snapshot, row.snapshot_length));
    value_set_int(request, "at", keeper_instant(keeper));
    value_set(request, "rows", rows);
    rows = NULL;
    if (!keeper_ask_value(keeper, row.activation_id, request, &reply, err)) {
        goto done;
    }
    refused = value_get_text(value_get(reply, "refused"), "text");
    if (refused) {
        err_set(err, ERR_INVALID, "%s", refused);
        goto done;
    }
    *out = value_get(reply, list) ? value_copy(value_get(reply, list)) : value_new_list();
    ok = true;
done:
    case_clear(&row);
    value_free(request);
    value_free(rows);
    value_free(reply);
    return ok;
}

bool keeper_explain(struct keeper *keeper, const char *number, struct value **lines,
                    struct err *err)
{
    return ask_case(keeper, number, "explain", "lines", lines, err);
}

bool keeper_next(struct keeper *keeper, const char *number, struct value **items, struct err *err)
{
    return ask_case(keeper, number, "next", "items", items, err);
}

/* A finding that ends with a question has its mark already. */
static const char *between(const char *before)
{
    static const char *const marks[] = {"？", "?", "。", "！"};
    size_t length = strlen(before);

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        size_t size = strlen(marks[i]);

        if (length >= size && strcmp(before + length - size, marks[i]) == 0) {
            return SAY("", " ");
        }
    }
    return SAY("；", "; ");
}

static void say_findings(const struct value *findings, struct err *err)
{
    struct buf text;

    buf_init(&text, 4 * sizeof err->text);
    for (size_t i = 0; i < value_count(findings) && text.length < sizeof err->text; i++) {
        const char *what = value_get_text(value_at(findings, i), "text");

        buf_add_text(&text, i ? between(buf_text(&text)) : "");
        buf_add_format(&text, "%.*s", (int)sizeof err->text, what ? what : "");
    }
    err_set(err, ERR_INVALID, "%s", buf_text(&text));
    buf_clear(&text);
}

bool keeper_values(struct keeper *keeper, int64_t activation_id, const char *form,
                   const struct value *given, struct value **values, struct err *err)
{
    bool ok = false;
    struct value *request = value_new_map();
    struct value *reply = NULL;

    value_set_text(request, "op", "values");
    value_set_text(request, "lang", SAY("zh", "en"));
    value_set_text(request, "form", form);
    value_set(request, "given",
              value_kind(given) == VALUE_MAP ? value_copy(given) : value_new_map());
    value_set_int(request, "today", clock_day(keeper_instant(keeper)));
    if (!keeper_ask_value(keeper, activation_id, request, &reply, err)) {
        goto done;
    }
    if (value_get(reply, "values")) {
        *values = value_kind(value_get(reply, "values")) == VALUE_MAP
                      ? value_copy(value_get(reply, "values"))
                      : value_new_map();
        ok = true;
    } else {
        say_findings(value_get(reply, "findings"), err);
    }
done:
    value_free(request);
    value_free(reply);
    return ok;
}
