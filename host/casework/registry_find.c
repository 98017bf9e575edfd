/* Finding one of several by the code or name that somebody typed. A code always wins; among names
   the own office wins over others, and what is current over what has ended. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "casework/rows.h"

#define CANDIDATES 64
#define CANDIDATES_TOLD 8

bool registry_check_text(const struct site *site, const char *what, const char *text, size_t limit,
                         struct err *err)
{
    size_t length = text ? strlen(text) : 0;

    if (length == 0) {
        err_set(err, ERR_INVALID, SAY("%s不能为空", "the %s is empty"), what);
        return false;
    }
    if (length >= limit) {
        err_set(
            err, ERR_INVALID,
            SAY("%s“%.*s…”太长，最多 %zu 字节", "the %s \"%.*s…\" is too long, at most %zu bytes"),
            what, (int)text_fit(text, 40), text, limit - 1);
        return false;
    }
    if (!text_is_utf8(text, length)) {
        err_set(err, ERR_INVALID, SAY("%s不是有效的 UTF-8 文本", "the %s is not valid UTF-8"),
                what);
        return false;
    }
    if (!text_is_plain(text)) {
        err_set(err, ERR_INVALID, SAY("%s中有控制字符", "the %s has control characters"), what);
        return false;
    }
    if (!site->conf.is_accredited && text_is_classified(text)) {
        err_set(err, ERR_INVALID,
                SAY("%s带有密级标志，本站点不得存放",
                    "the %s carries a mark of secrecy, which this site must not hold"),
                what);
        return false;
    }
    return true;
}

bool registry_check_day(const char *what, const char *text, bool is_open, struct err *err)
{
    int64_t day;
    char plain[12];

    if (is_open && !*text) {
        return true;
    }
    if (!clock_parse_day(text, &day, err)) {
        err_add(err, "%s", what);
        return false;
    }
    clock_format_day(day, plain);
    if (strcmp(plain, text) != 0) {
        err_set(err, ERR_INVALID, SAY("%s应写成 %s", "the %s is written %s"), what, plain);
        return false;
    }
    return true;
}

struct candidate {
    int64_t id;
    int64_t office_id;
    int rank; /* by code 0; own and current 1; current 2; ended 3 */
    char code[REGISTRY_CODE];
    char name[REGISTRY_NAME];
    char remark[REGISTRY_NAME];
};

struct found {
    struct candidate list[CANDIDATES];
    size_t count;
};

static int rank_of(const struct registry_search *search, const struct candidate *candidate,
                   bool is_current)
{
    if (strcmp(candidate->code, search->text) == 0) {
        return 0;
    }
    return !is_current ? 3 : candidate->office_id == search->office_id ? 1 : 2;
}

static bool collect(struct site *site, const struct registry_search *search, struct found *found,
                    struct err *err)
{
    bool ok = false;
    bool has_row = false;
    char today[12];
    char *normal = text_normal(search->text);
    struct stmt *stmt = NULL;

    clock_format_day(clock_day(site_now(site)), today);
    if (!store_ask(site->store, search->sql, &stmt, err, "ttt", search->text, normal, today)) {
        goto done;
    }
    for (;;) {
        struct candidate *next = &found->list[found->count];

        if (!stmt_step(stmt, &has_row, err)) {
            goto done;
        }
        if (!has_row || found->count == CANDIDATES) {
            break;
        }
        next->id = stmt_int(stmt, 0);
        row_text(stmt, 1, next->code, sizeof next->code);
        row_text(stmt, 2, next->name, sizeof next->name);
        next->office_id = stmt_int(stmt, 3);
        next->rank = rank_of(search, next, stmt_int(stmt, 4) != 0);
        row_text(stmt, 5, next->remark, sizeof next->remark);
        found->count++;
    }
    ok = true;
done:
    if (stmt) {
        stmt_reset(stmt);
    }
    mem_free(normal);
    return ok;
}

/* Drops what the office does not see. */
static bool keep_visible(struct site *site, int64_t office_id, struct found *found, struct err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < found->count; i++) {
        bool is_seen = false;

        if (!registry_office_is_under(site, found->list[i].office_id, office_id, &is_seen, err)) {
            return false;
        }
        if (!is_seen &&
            !registry_office_is_under(site, office_id, found->list[i].office_id, &is_seen, err)) {
            return false;
        }
        if (is_seen) {
            found->list[kept++] = found->list[i];
        }
    }
    found->count = kept;
    return true;
}

static bool refuse_many(const struct registry_search *search, const struct found *found, int rank,
                        struct err *err)
{
    size_t told = 0;
    struct buf list;

    buf_init(&list, 700);
    for (size_t i = 0; i < found->count; i++) {
        const struct candidate *one = &found->list[i];

        if (one->rank == rank && told++ < CANDIDATES_TOLD) {
            buf_add_format(&list, "%s%s %s%s%s", told > 1 ? SAY("、", ", ") : "", one->code,
                           one->name, one->remark[0] ? "/" : "", one->remark);
        }
    }
    err_set(err, ERR_CONFLICT,
            SAY("叫“%s”的%s有 %zu 个，请写编码：%s",
                "\"%s\" names several of the %s (%zu); write the code: %s"),
            search->text, search->what, told, buf_text(&list));
    buf_clear(&list);
    return false;
}

/* Nobody is called that; the shortest name around it may be meant. */
static void refuse_none(struct site *site, const struct registry_search *search, struct err *err)
{
    struct stmt *stmt = NULL;
    bool has_row = false;
    char today[12];
    char *normal = text_normal(search->text);

    clock_format_day(clock_day(site_now(site)), today);
    if (search->names && *normal &&
        store_ask(site->store, search->names, &stmt, NULL, "itt", search->office_id, normal,
                  today) &&
        stmt_step(stmt, &has_row, NULL) && has_row) {
        err_set(err, ERR_MISSING,
                SAY("没有编码或名称为“%s”的%s，是不是“%s”？",
                    "there is no \"%s\" among the %s, did you mean \"%s\"?"),
                search->text, search->what, stmt_text(stmt, 0, NULL));
    } else {
        err_set(err, ERR_MISSING,
                SAY("没有编码或名称为“%s”的%s", "there is no \"%s\" among the %s"), search->text,
                search->what);
    }
    if (stmt) {
        stmt_reset(stmt);
    }
    mem_free(normal);
}

bool registry_search(struct site *site, const struct registry_search *search, int64_t *id,
                     struct err *err)
{
    bool ok = false;
    size_t best_count = 0;
    const struct candidate *best = NULL;
    struct found *found = mem_new(sizeof *found);

    if (!collect(site, search, found, err) || !keep_visible(site, search->office_id, found, err)) {
        goto done;
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct candidate *one = &found->list[i];

        if (!best || one->rank < best->rank) {
            best = one;
            best_count = 0;
        }
        best_count += one->rank == best->rank;
    }
    if (!best) {
        refuse_none(site, search, err);
    } else if (best_count > 1) {
        refuse_many(search, found, best->rank, err);
    } else {
        *id = best->id;
        ok = true;
    }
done:
    mem_free(found);
    return ok;
}
