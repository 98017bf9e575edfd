/* Offices: one for a region, hung under the nearest office above it that this site knows. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "casework/registry.h"
#include "casework/registry_parts.h"
#include "casework/rows.h"

#define REGIONS "schema/data/regions.csv"
#define REGIONS_LIMIT ((size_t)1024 * 1024)
#define LEVELS 4 /* more parents than there are levels would be a circle */

#define COLUMNS "SELECT office_id, COALESCE(parent_id, 0), code, name, level FROM offices "

static void read_office(const struct stmt *stmt, struct office *out)
{
    out->office_id = stmt_int(stmt, 0);
    out->parent_id = stmt_int(stmt, 1);
    row_text(stmt, 2, out->code, sizeof out->code);
    row_text(stmt, 3, out->name, sizeof out->name);
    row_text(stmt, 4, out->level, sizeof out->level);
}

bool registry_office(struct site *site, int64_t id, struct office *out, struct err *err)
{
    bool has_row = false;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, COLUMNS "WHERE office_id = $1", &stmt, err, "i", id) ||
        !stmt_step(stmt, &has_row, err)) {
        return false;
    }
    if (has_row) {
        read_office(stmt, out);
    } else {
        err_set(err, ERR_MISSING, SAY("没有这个机构", "there is no such office"));
    }
    stmt_reset(stmt);
    return has_row;
}

static bool list_offices(struct site *site, struct office **out, size_t *count, struct err *err)
{
    bool has_row = false;
    struct office *list = NULL;
    size_t length = 0;
    struct stmt *stmt = NULL;

    if (!store_ask(site->store, COLUMNS "ORDER BY code", &stmt, err, "")) {
        return false;
    }
    for (;;) {
        if (!stmt_step(stmt, &has_row, err)) {
            mem_free(list);
            return false;
        }
        if (!has_row) {
            break;
        }
        list = row_room(list, length, sizeof *list);
        read_office(stmt, &list[length++]);
    }
    *out = list;
    *count = length;
    return true;
}

bool registry_office_find(struct site *site, const char *text, struct office *out, struct err *err)
{
    bool ok = false;
    size_t count = 0;
    size_t fits = 0;
    struct office *list = NULL;
    char *wanted = text_normal(text);

    if (!list_offices(site, &list, &count, err)) {
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        char *normal = text_normal(list[i].name);

        if (strcmp(list[i].code, text) == 0 || strcmp(normal, wanted) == 0) {
            *out = list[i];
            fits++;
        }
        mem_free(normal);
    }
    if (fits == 1) {
        ok = true;
    } else if (fits == 0) {
        err_set(err, ERR_MISSING,
                SAY("本站点没有编码或名称为“%s”的机构", "this site has no office \"%s\""), text);
    } else {
        err_set(err, ERR_CONFLICT,
                SAY("叫“%s”的机构不止一个，请写编码",
                    "several offices are named \"%s\"; write the code"),
                text);
    }
done:
    mem_free(wanted);
    mem_free(list);
    return ok;
}

bool registry_office_is_under(struct site *site, int64_t id, int64_t above_id, bool *is_under,
                              struct err *err)
{
    struct office office = {.parent_id = id};

    *is_under = id == above_id;
    for (int i = 0; i < LEVELS && office.parent_id && !*is_under; i++) {
        if (!registry_office(site, office.parent_id, &office, err)) {
            return false;
        }
        *is_under = office.parent_id == above_id;
    }
    return true;
}

static const char *level_of(const char *code)
{
    return strcmp(code + 2, "0000") == 0 ? "province"
           : strcmp(code + 4, "00") == 0 ? "city"
                                         : "county";
}

/* The name of a region in the library's table: code,name,level,parent. */
static bool region_name(const struct site *site, const char *code, char out[static REGISTRY_NAME],
                        struct err *err)
{
    bool is_found = false;
    char *path = file_join(site->library, REGIONS);
    struct buf text;

    buf_init(&text, REGIONS_LIMIT);
    if (file_read(path, REGIONS_LIMIT, &text, err)) {
        for (const char *at = buf_text(&text); at && *at && !is_found;) {
            const char *end = strchr(at, '\n');
            const char *name = strchr(at, ',');
            const char *stop = name ? strchr(name + 1, ',') : NULL;

            if (stop && strncmp(at, code, 6) == 0 && at[6] == ',') {
                snprintf(out, REGISTRY_NAME, "%.*s", (int)(stop - name - 1), name + 1);
                is_found = true;
            }
            at = end ? end + 1 : NULL;
        }
        if (!is_found) {
            err_set(err, ERR_MISSING,
                    SAY("区划表里没有 %s，请同时写出机构名称",
                        "the table of regions has no %s; give the name of the office too"),
                    code);
        }
    }
    buf_clear(&text);
    mem_free(path);
    return is_found;
}

/* Hangs every office under the nearest one above it that is there: PPCCDD, PPCC00, PP0000. */
static bool hang_offices(struct site *site, struct err *err)
{
    bool ok = false;
    size_t count = 0;
    struct office *list = NULL;

    if (!list_offices(site, &list, &count, err)) {
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        int64_t parent = 0;

        for (size_t keep = 2; keep <= 4; keep += 2) {
            char above[7] = "000000";

            memcpy(above, list[i].code, keep);
            for (size_t j = 0; j < count; j++) {
                parent = j != i && strcmp(list[j].code, above) == 0 ? list[j].office_id : parent;
            }
        }
        if (parent != list[i].parent_id &&
            !store_run(site->store,
                       "UPDATE offices SET parent_id = NULLIF($2, 0) WHERE office_id = $1", NULL,
                       err, "ii", list[i].office_id, parent)) {
            goto done;
        }
    }
    ok = true;
done:
    mem_free(list);
    return ok;
}

static bool check_code(struct site *site, const char *code, struct err *err)
{
    int64_t there = 0;

    if (strlen(code) != 6 || strspn(code, "0123456789") != 6 || strncmp(code, "00", 2) == 0) {
        err_set(err, ERR_INVALID,
                SAY("机构编码“%.20s”不是六位区划代码", "\"%.20s\" is no region code of six digits"),
                code);
        return false;
    }
    if (!store_one_int(site->store, "SELECT COUNT(*) FROM offices WHERE code = $1", &there, err,
                       "t", code)) {
        return false;
    }
    if (there) {
        err_set(err, ERR_CONFLICT, SAY("机构 %s 已经有了", "the office %s is there already"), code);
    }
    return there == 0;
}

bool registry_office_add(struct site *site, const char *code, const char *name, int64_t *id,
                         struct err *err)
{
    char region[REGISTRY_NAME];
    char made[REGISTRY_NAME + 16];

    if (!check_code(site, code, err)) {
        return false;
    }
    if (!name) {
        if (!region_name(site, code, region, err)) {
            return false;
        }
        snprintf(made, sizeof made, "%s委编办", region);
        name = made;
    }
    if (!registry_check_text(site, SAY("机构名称", "name of the office"), name, REGISTRY_NAME,
                             err) ||
        !store_run(site->store,
                   "INSERT INTO offices (code, name, level, parent_id) VALUES ($1, $2, $3, NULL)",
                   NULL, err, "ttt", code, name, level_of(code))) {
        return false;
    }
    *id = store_last_id(site->store);
    return hang_offices(site, err) && calendar_ship(site, *id, err);
}
