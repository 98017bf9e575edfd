/* The same question for a case and for all of them. People and ways are remembered while it lasts,
   since thousands of cases tell the same few. */
#include "casework/reach.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/rights.h"
#include "casework/routes.h"
#include "casework/rows.h"

#define KEY_LIMIT 4096

struct reaching {
    struct site *site;
    int64_t day;
    struct value *abouts; /* version_id to { title, reaches } */
    struct value *whys;  /* person_id to why that person cannot be told; "" when nothing is wrong */
    struct value *found; /* office and principals to { ids, text } */
};

static void begin(struct reaching *reaching, struct site *site)
{
    *reaching = (struct reaching){.site = site,
                                  .day = clock_day(site_now(site)),
                                  .abouts = value_new_map(),
                                  .whys = value_new_map(),
                                  .found = value_new_map()};
}

static void end(struct reaching *reaching)
{
    value_free(reaching->abouts);
    value_free(reaching->whys);
    value_free(reaching->found);
}

/* ---- one person ---- */

static bool why_not(struct reaching *reaching, int64_t person_id, const char **why, struct err *err)
{
    struct addressee to;
    const char *channel = NULL;
    const char *lacks = NULL;
    char key[24];
    struct buf text;

    snprintf(key, sizeof key, "%lld", (long long)person_id);
    *why = value_get_text(reaching->whys, key);
    if (*why) {
        return true;
    }
    if (!routes_addressee(reaching->site, person_id, &to, err) ||
        !routes_channel(reaching->site, &to, &channel, &lacks, err)) {
        return false;
    }
    buf_init(&text, 1000);
    if (!channel && routes_are_any(reaching->site)) {
        routes_say_why(&to, lacks, &text);
    }
    value_set_text(reaching->whys, key, buf_text(&text));
    buf_clear(&text);
    *why = value_get_text(reaching->whys, key);
    return true;
}

/* ---- those a message is for ---- */

/* "省教育厅的联络员" or "经办人". */
static bool describe(struct reaching *reaching, const struct value *principal, struct buf *out,
                     struct err *err)
{
    const char *unit = value_get_text(principal, "unit");
    const char *person = value_get_text(principal, "person");
    const char *role = value_get_text(principal, "role");
    struct stmt *stmt = NULL;
    bool has_row = false;

    if (unit || person) {
        if (!store_ask(reaching->site->store,
                       unit ? "SELECT name FROM units WHERE code = $1"
                            : "SELECT name FROM people WHERE code = $1",
                       &stmt, err, "t", unit ? unit : person) ||
            !stmt_step(stmt, &has_row, err)) {
            return false;
        }
        buf_add_text(out, has_row ? stmt_text(stmt, 0, NULL) : unit ? unit : person);
        stmt_reset(stmt);
    }
    if (role) {
        buf_add_format(out, "%s%s", unit ? SAY("的", ": ") : "",
                       rights_title(reaching->site, role));
    }
    return true;
}

/* The people of resolved principals, none twice, as the keys of a map. */
static bool people_of(struct reaching *reaching, int64_t office_id, const struct value *principals,
                      struct value *people, struct err *err)
{
    for (size_t i = 0; i < value_count(principals); i++) {
        int64_t *ids = NULL;
        size_t count = 0;
        char key[24];

        if (!rights_find(reaching->site, office_id, value_at(principals, i), reaching->day, &ids,
                         &count, err)) {
            return false;
        }
        for (size_t k = 0; k < count; k++) {
            snprintf(key, sizeof key, "%lld", (long long)ids[k]);
            value_set_int(people, key, ids[k]);
        }
        mem_free(ids);
    }
    return true;
}

static bool say_nobody(struct reaching *reaching, const struct value *principals, struct buf *out,
                       struct err *err)
{
    if (!value_count(principals)) {
        buf_add_text(out, SAY("登记项是空的，没有收件人", "the field it names is empty"));
        return true;
    }
    buf_add_text(out, SAY("现在无人担任", "nobody is "));
    for (size_t i = 0; i < value_count(principals); i++) {
        buf_add_text(out, i ? SAY("、", ", ") : "");
        if (!describe(reaching, value_at(principals, i), out, err)) {
            return false;
        }
    }
    buf_add_text(out, SAY("；请用 duban import people 补录任职", ": duban import people"));
    return true;
}

/* { is_nobody, texts = list } of resolved principals. */
static bool look(struct reaching *reaching, int64_t office_id, const struct value *principals,
                 struct value *out, struct err *err)
{
    struct value *people = value_new_map();
    struct value *texts = value_new_list();
    size_t lost = 0;
    bool ok = people_of(reaching, office_id, principals, people, err);
    struct buf nobody;

    for (size_t i = 0; ok && i < value_count(people); i++) {
        const char *why = NULL;

        ok = why_not(reaching, value_int(value_at(people, i), 0), &why, err);
        if (ok && *why) {
            value_push(texts, value_new_text(why));
            lost++;
        }
    }
    if (ok && !value_count(people)) {
        buf_init(&nobody, 2048);
        ok = say_nobody(reaching, principals, &nobody, err);
        value_push(texts, value_new_text(buf_text(&nobody)));
        buf_clear(&nobody);
    }
    value_set_bool(out, "is_nobody", lost == value_count(people));
    value_set(out, "texts", texts);
    value_free(people);
    return ok;
}

/* The same, remembered. */
static bool look_once(struct reaching *reaching, int64_t office_id, const struct value *principals,
                      const struct value **out, struct err *err)
{
    struct value *fresh = NULL;
    struct buf key;
    bool ok = true;

    buf_init(&key, KEY_LIMIT);
    buf_add_format(&key, "%lld ", (long long)office_id);
    json_write(principals, &key);
    *out = value_get(reaching->found, buf_text(&key));
    if (!*out) {
        fresh = value_new_map();
        ok = look(reaching, office_id, principals, fresh, err);
        value_set(reaching->found, buf_text(&key), fresh);
        *out = value_get(reaching->found, buf_text(&key));
    }
    buf_clear(&key);
    return ok;
}

/* ---- one case ---- */

struct subject {
    int64_t office_id;
    int64_t version_id;
    const char *record; /* JSON, borrowed */
};

static bool about_of(struct reaching *reaching, int64_t version_id, const struct value **out,
                     struct err *err)
{
    char key[24];
    struct stmt *stmt = NULL;
    struct value *about = NULL;
    bool has_row = false;
    size_t length = 0;
    const char *text;

    snprintf(key, sizeof key, "%lld", (long long)version_id);
    *out = value_get(reaching->abouts, key);
    if (*out) {
        return true;
    }
    if (!store_ask(reaching->site->store, "SELECT about FROM versions WHERE version_id = $1", &stmt,
                   err, "i", version_id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    text = has_row ? stmt_text(stmt, 0, &length) : "{}";
    if (!json_parse(text, has_row ? length : 2, &about, err)) {
        stmt_reset(stmt);
        return false;
    }
    stmt_reset(stmt);
    value_set(reaching->abouts, key, about);
    *out = value_get(reaching->abouts, key);
    return true;
}

typedef void gap_fn(void *context, const struct value *about, const struct value *reach,
                    const struct value *looked);

/* Tells each reach of the case that has a gap. */
static bool look_at_case(struct reaching *reaching, const struct subject *subject, gap_fn *each,
                         void *context, struct err *err)
{
    const struct value *about = NULL;
    const struct value *reaches;
    struct value *record = NULL;
    bool ok = about_of(reaching, subject->version_id, &about, err) &&
              json_parse(subject->record, strlen(subject->record), &record, err);

    reaches = ok ? value_get(about, "reaches") : NULL;
    for (size_t i = 0; ok && i < value_count(reaches); i++) {
        const struct value *reach = value_at(reaches, i);
        struct value *principals = rights_resolve(value_get(reach, "to"), record);
        const struct value *looked = NULL;

        ok = look_once(reaching, subject->office_id, principals, &looked, err);
        if (ok && value_count(value_get(looked, "texts"))) {
            each(context, about, reach, looked);
        }
        value_free(principals);
    }
    value_free(record);
    return ok;
}

static void add_gap(void *context, const struct value *about, const struct value *reach,
                    const struct value *looked)
{
    const struct value *texts = value_get(looked, "texts");

    (void)about;
    for (size_t i = 0; i < value_count(texts); i++) {
        struct value *gap = value_new_map();

        value_set_text(gap, "at", value_get_text(reach, "at"));
        value_set_text(gap, "title", value_get_text(reach, "title"));
        value_set_text(gap, "template", value_get_text(reach, "template"));
        value_set(gap, "text", value_copy(value_at(texts, i)));
        value_set_bool(gap, "is_nobody", value_get_bool(looked, "is_nobody"));
        value_push(context, gap);
    }
}

bool reach_case(struct site *site, const char *number, struct value **gaps, struct err *err)
{
    struct stmt *stmt = NULL;
    struct subject subject;
    struct reaching reaching;
    struct value *list;
    bool has_row = false;
    bool ok = true;
    char *record;

    if (!store_ask(site->store,
                   "SELECT c.office_id, a.version_id, c.record FROM cases AS c"
                   " JOIN activations AS a ON a.activation_id = c.activation_id"
                   " WHERE c.number = $1 AND c.closed_at IS NULL",
                   &stmt, err, "t", number) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    list = value_new_list();
    if (has_row) {
        record = row_copy(stmt, 2);
        subject = (struct subject){stmt_int(stmt, 0), stmt_int(stmt, 1), record};
        stmt_reset(stmt);
        begin(&reaching, site);
        ok = look_at_case(&reaching, &subject, add_gap, list, err);
        end(&reaching);
        mem_free(record);
    }
    if (ok) {
        *gaps = list;
    } else {
        value_free(list);
    }
    return ok;
}

/* ---- all of them ---- */

/* Gaps by what they say. */
struct gathering {
    struct value *gaps; /* map: workflow, title and text to the gap */
    const char *number; /* of the case looked at */
};

static void gather(void *context, const struct value *about, const struct value *reach,
                   const struct value *looked)
{
    struct gathering *gathering = context;
    const struct value *texts = value_get(looked, "texts");

    for (size_t i = 0; i < value_count(texts); i++) {
        const char *workflow = value_get_text(about, "title");
        const char *title = value_get_text(reach, "title");
        const struct value *before;
        struct value *gap;
        struct buf key;

        buf_init(&key, KEY_LIMIT);
        buf_add_format(&key, "%s\n%s\n%s", workflow ? workflow : "", title ? title : "",
                       value_text(value_at(texts, i)));
        before = value_get(gathering->gaps, buf_text(&key));
        gap = before ? value_copy(before) : value_new_map();
        value_set_int(gap, "cases", value_get_int(gap, "cases", 0) + 1);
        if (!before) {
            value_set_text(gap, "workflow", workflow);
            value_set_text(gap, "title", title);
            value_set(gap, "text", value_copy(value_at(texts, i)));
            value_set_bool(gap, "is_nobody", value_get_bool(looked, "is_nobody"));
            value_set_text(gap, "example", gathering->number);
        }
        value_set(gathering->gaps, buf_text(&key), gap);
        buf_clear(&key);
    }
}

static bool look_at_all(struct reaching *reaching, struct stmt *stmt, struct gathering *gathering,
                        struct err *err)
{
    bool has_row = true;
    bool ok = true;

    while (ok && has_row) {
        if (!stmt_step(stmt, &has_row, err)) {
            return false;
        }
        if (has_row) {
            struct subject subject = {stmt_int(stmt, 0), stmt_int(stmt, 1),
                                      stmt_text(stmt, 2, NULL)};

            gathering->number = stmt_text(stmt, 3, NULL);
            ok = look_at_case(reaching, &subject, gather, gathering, err);
        }
    }
    stmt_reset(stmt);
    return ok;
}

bool reach_all(struct site *site, int64_t office_id, struct value **gaps, struct err *err)
{
    static const char sql[] = RIGHTS_BELOW
        "SELECT c.office_id, a.version_id, c.record, c.number FROM cases AS c"
        " JOIN activations AS a ON a.activation_id = c.activation_id WHERE c.closed_at IS NULL"
        " AND ($1 = 0 OR c.office_id IN (SELECT office_id FROM below))"
        " ORDER BY c.case_id LIMIT $2";
    struct gathering gathering = {.gaps = value_new_map()};
    struct reaching reaching;
    struct stmt *stmt = NULL;
    bool ok;

    begin(&reaching, site);
    ok = store_ask(site->store, sql, &stmt, err, "ii", office_id, REACH_CASES) &&
         look_at_all(&reaching, stmt, &gathering, err);
    end(&reaching);
    if (ok) {
        *gaps = value_new_list();
        for (size_t i = 0; i < value_count(gathering.gaps); i++) {
            value_push(*gaps, value_copy(value_at(gathering.gaps, i)));
        }
    }
    value_free(gathering.gaps);
    return ok;
}

/* ---- every night ---- */

static bool keep(struct site *site, const char *today, const struct value *gaps, struct err *err)
{
    struct value *kept = value_new_map();
    struct buf text;
    bool ok;

    buf_init(&text, (size_t)4 * 1024 * 1024);
    value_set_text(kept, "day", today);
    value_set(kept, "gaps", value_copy(gaps));
    json_write(kept, &text);
    value_free(kept);
    if (!store_begin(site->store, err)) {
        buf_clear(&text);
        return false;
    }
    ok = site_put(site, REACH_NIGHT, text.is_over ? "{}" : buf_text(&text), err) &&
         store_commit(site->store, err);
    if (!ok && store_is_in_transaction(site->store)) {
        store_rollback(site->store);
    }
    buf_clear(&text);
    return ok;
}

bool reach_nightly(struct site *site, bool *is_done, struct err *err)
{
    char today[12];
    char mark[32];
    char *before = NULL;
    struct value *gaps = NULL;
    bool ok = site_get(site, REACH_NIGHT, &before, err);

    *is_done = false;
    clock_format_day(clock_day(site_now(site)), today);
    snprintf(mark, sizeof mark, "\"day\":\"%s\"", today);
    if (!ok || (before && strstr(before, mark))) {
        mem_free(before);
        return ok;
    }
    mem_free(before);
    ok = reach_all(site, 0, &gaps, err) && keep(site, today, gaps, err);
    if (ok && value_count(gaps)) {
        log_warn(SAY("有 %zu 处消息会送不到人，见 duban doctor",
                     "%zu kinds of messages would reach nobody, see duban doctor"),
                 value_count(gaps));
    }
    *is_done = ok;
    value_free(gaps);
    return ok;
}
