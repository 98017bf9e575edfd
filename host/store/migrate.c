/* Migrations. What a database says about itself (number, name, checksum of each file applied) is
   compared with the folder of this release before anything is written, so a mix of releases is
   refused as a whole. */
#include "store/migrate.h"

#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define FILE_MAX ((size_t)1024 * 1024)

struct migration {
    int64_t number;
    char *name; /* the file's */
    char *sql;
    char sha256[DIGEST_HEX];
    bool is_applied;
};

struct migrations {
    struct migration *items;
    size_t count;
};

static void clear(struct migrations *all)
{
    for (size_t i = 0; i < all->count; i++) {
        mem_free(all->items[i].name);
        mem_free(all->items[i].sql);
    }
    mem_free(all->items);
}

/* 0 when the name does not begin with four digits and an underscore. */
static int64_t number_of(const char *name)
{
    int64_t number = 0;

    for (size_t i = 0; i < 4; i++) {
        if (name[i] < '0' || name[i] > '9') {
            return 0;
        }
        number = number * 10 + (name[i] - '0');
    }
    return name[4] == '_' ? number : 0;
}

static bool read_one(const char *folder, const char *name, struct migration *one, struct err *err)
{
    bool ok = false;
    unsigned char sum[DIGEST_SIZE];
    char *path = file_join(folder, name);
    struct digest *digest = digest_new();
    struct buf bytes;

    buf_init(&bytes, FILE_MAX + 1);
    if (!file_read(path, FILE_MAX, &bytes, err)) {
        goto done;
    }
    if (!text_is_utf8(buf_text(&bytes), bytes.length)) {
        err_set(err, ERR_INVALID, SAY("%s 不是 UTF-8 文本", "%s is not UTF-8 text"), path);
        goto done;
    }
    digest_bytes(digest, buf_text(&bytes), bytes.length, sum);
    digest_hex(sum, one->sha256);
    one->number = number_of(name);
    one->name = mem_text(name);
    one->sql = mem_text(buf_text(&bytes));
    ok = true;
done:
    buf_clear(&bytes);
    digest_free(digest);
    mem_free(path);
    return ok;
}

/* Names are sorted, and numbers have four digits, so their order is that of the numbers. */
static bool read_folder(const char *folder, struct migrations *all, struct err *err)
{
    bool ok = false;
    char **names = NULL;
    size_t count = 0;

    if (!file_list(folder, ".sql", false, &names, err)) {
        return false;
    }
    while (names[count]) {
        count++;
    }
    if (!count) {
        err_set(err, ERR_MISSING, SAY("%s 里没有数据库结构文件", "there is no schema in %s"),
                folder);
        goto done;
    }
    all->items = mem_array(count, sizeof *all->items);
    for (size_t i = 0; i < count; i++) {
        if (number_of(names[i]) != (int64_t)i + 1) {
            err_set(err, ERR_INVALID,
                    SAY("%s/%s：编号应依次为 0001、0002……",
                        "%s/%s: numbers must run 0001, 0002 and so on"),
                    folder, names[i]);
            goto done;
        }
        if (!read_one(folder, names[i], &all->items[i], err)) {
            goto done;
        }
        all->count++;
    }
    ok = true;
done:
    file_list_free(names);
    return ok;
}

/* Compares one row of the table with the folder. */
static bool compare(const struct stmt *row, struct migrations *all, struct err *err)
{
    int64_t number = stmt_int(row, 0);
    const char *name = stmt_text(row, 1, NULL);
    const char *sum = stmt_text(row, 2, NULL);
    struct migration *one;

    if (number < 1 || (size_t)number > all->count) {
        err_set(
            err, ERR_CONFLICT,
            SAY("数据库由更新的版本建立（含 %s），请用新版督办打开",
                "the database was made by a newer release (it holds %s); open it with that one"),
            name ? name : "?");
        return false;
    }
    one = &all->items[number - 1];
    if (!sum || strcmp(sum, one->sha256) != 0) {
        err_set(err, ERR_CONFLICT,
                SAY("数据库结构文件 %s 在执行之后被改过，请恢复原文件",
                    "the schema file %s was edited after it was applied; put the original back"),
                one->name);
        return false;
    }
    one->is_applied = true;
    return true;
}

static bool read_applied(struct store *store, struct migrations *all, struct err *err)
{
    struct stmt *rows;
    bool has_row = false;
    bool ok = true;

    if (!store_use(store, "SELECT number, name, sha256 FROM migrations ORDER BY number", &rows,
                   err)) {
        return false;
    }
    do {
        ok = stmt_step(rows, &has_row, err) && (!has_row || compare(rows, all, err));
    } while (ok && has_row);
    stmt_reset(rows);
    return ok;
}

/* is_fresh: the database is empty, which only a creation leaves. */
static bool look(struct store *store, struct migrations *all, bool *is_fresh, struct err *err)
{
    int64_t has_migrations = 0;
    int64_t tables = 0;

    if (!store_count_tables(store, "migrations", &has_migrations, err) ||
        !store_count_tables(store, NULL, &tables, err)) {
        return false;
    }
    *is_fresh = tables == 0;
    if (tables && !has_migrations) {
        err_set(err, ERR_INVALID, "%s",
                SAY("不是督办的数据库：有表，但没有 migrations 表",
                    "not a duban database: it has tables, but no table named migrations"));
        return false;
    }
    return *is_fresh || read_applied(store, all, err);
}

static bool make_table(struct store *store, struct err *err)
{
    return store_exec(store,
                      "CREATE TABLE migrations ("
                      "number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                      "sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
                      err);
}

/* The first one also makes the table of migrations, so that no crash leaves the table alone. */
static bool apply(struct store *store, const struct migration *one, int64_t now, struct err *err)
{
    bool ok = false;

    if (!store_begin(store, err)) {
        return false;
    }
    if (one->number == 1 && !make_table(store, err)) {
        goto done;
    }
    if (!store_exec(store, one->sql, err)) {
        goto done;
    }
    if (!store_is_in_transaction(store)) {
        err_set(err, ERR_INVALID, "%s", SAY("文件里不能有 COMMIT", "a migration may not commit"));
        goto done;
    }
    ok = store_run(
             store,
             "INSERT INTO migrations (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)",
             NULL, err, "itti", one->number, one->name, one->sha256, now) &&
         store_commit(store, err);
done:
    if (!ok) {
        store_rollback(store);
        err_add(err, "%s", one->name);
    }
    return ok;
}

bool migrate_up(struct store *store, const char *folder, int64_t now, struct err *err)
{
    bool ok = false;
    bool is_fresh = false;
    struct migrations all = {0};

    if (!read_folder(folder, &all, err) || !look(store, &all, &is_fresh, err)) {
        goto done;
    }
    ok = true;
    for (size_t i = 0; ok && i < all.count; i++) {
        ok = all.items[i].is_applied || apply(store, &all.items[i], now, err);
    }
done:
    clear(&all);
    return ok;
}

bool migrate_is_current(struct store *store, const char *folder, struct err *err)
{
    bool ok = false;
    bool is_fresh = false;
    struct migrations all = {0};

    if (!read_folder(folder, &all, err) || !look(store, &all, &is_fresh, err)) {
        goto done;
    }
    for (size_t i = 0; i < all.count; i++) {
        if (!all.items[i].is_applied) {
            err_set(err, ERR_CONFLICT,
                    SAY("数据库结构旧于本版本（缺 %s），请先运行 duban upgrade",
                        "the database is older than this release (it lacks %s); run duban upgrade "
                        "first"),
                    all.items[i].name);
            goto done;
        }
    }
    ok = true;
done:
    clear(&all);
    return ok;
}
