/* Connections and transactions over whichever driver the URL names. The rule of poison lives here:
   after an error of write or sync nobody knows what reached the disk, so the store does nothing
   more, and the recovery of the next start decides. */
#include "store/store.h"

#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/driver.h"
#include "store/inside.h"

static const struct driver *const DRIVERS[] = {&SQLITE_DRIVER};

static const struct driver *driver_for(const char *url)
{
    for (size_t i = 0; i < COUNT_OF(DRIVERS); i++) {
        if (strncmp(url, DRIVERS[i]->scheme, strlen(DRIVERS[i]->scheme)) == 0) {
            return DRIVERS[i];
        }
    }
    return NULL;
}

bool store_open(const char *url, enum store_mode mode, struct store **out, struct err *err)
{
    bool ok = false;
    struct store *store = mem_new(sizeof *store);

    store->mode = mode;
    store->driver = driver_for(url);
    if (!store->driver) {
        err_set(err, ERR_INVALID,
                SAY("没有能打开“%s”的驱动，数据库地址应写成 sqlite:/路径",
                    "no driver for \"%s\"; a database is named like sqlite:/path"),
                url);
        goto done;
    }
    if (!store->driver->open(url + strlen(store->driver->scheme), mode, &store->conn, err)) {
        goto done;
    }
    *out = store;
    store = NULL; /* the caller owns it now */
    ok = true;
done:
    store_close(store);
    return ok;
}

void store_close(struct store *store)
{
    if (!store) {
        return;
    }
    if (store->conn) {
        store_rollback(store);
        stmt_clear_all(store);
        store->driver->close(store->conn);
    }
    mem_free(store);
}

bool store_is_usable(const struct store *store, struct err *err)
{
    if (store->is_poisoned && err) {
        *err = store->poison;
    }
    return !store->is_poisoned;
}

static void poison(struct store *store, const char *why)
{
    if (!store->is_poisoned) {
        store->is_poisoned = true;
        err_set(&store->poison, ERR_INTERNAL, "%s", why);
    }
}

bool store_settle(struct store *store, enum driver_result result, struct err *err)
{
    if (result == DRIVER_OK || result == DRIVER_ROW) {
        return true;
    }
    if (result == DRIVER_BROKEN) {
        poison(store, err ? err->text : "the database failed");
        store_rollback(store);
        if (err) {
            *err = store->poison;
        }
    }
    return false;
}

bool store_exec(struct store *store, const char *sql, struct err *err)
{
    return store_is_usable(store, err) &&
           store_settle(store, store->driver->exec(store->conn, sql, err), err);
}

bool store_begin(struct store *store, struct err *err)
{
    bool is_writer = store->mode == STORE_CREATE || store->mode == STORE_WRITE;

    /* A reader only wants all its questions answered from one moment. */
    return store_run(store, is_writer ? "BEGIN IMMEDIATE" : "BEGIN", NULL, err, "");
}

bool store_commit(struct store *store, struct err *err)
{
    if (store_run(store, "COMMIT", NULL, err, "")) {
        return true;
    }
    store_rollback(store);
    return false;
}

void store_rollback(struct store *store)
{
    struct err why = {0};

    if (store->driver->is_in_transaction(store->conn) &&
        store->driver->exec(store->conn, "ROLLBACK", &why) == DRIVER_BROKEN) {
        poison(store, why.text);
    }
}

bool store_is_in_transaction(const struct store *store)
{
    return store->driver->is_in_transaction(store->conn);
}

bool store_savepoint(struct store *store, struct err *err)
{
    return store_run(store, "SAVEPOINT one", NULL, err, "");
}

bool store_release(struct store *store, struct err *err)
{
    return store_run(store, "RELEASE one", NULL, err, "");
}

bool store_back(struct store *store, struct err *err)
{
    return store_run(store, "ROLLBACK TO one", NULL, err, "") && store_release(store, err);
}

int64_t store_last_id(const struct store *store)
{
    return store->driver->last_id(store->conn);
}

int64_t store_writes(const struct store *store)
{
    return store->driver->writes(store->conn);
}

bool store_count_tables(struct store *store, const char *name, int64_t *count, struct err *err)
{
    return store_is_usable(store, err) &&
           store_settle(store, store->driver->count_tables(store->conn, name, count, err), err);
}

void store_cost(struct store *store, struct store_cost *out)
{
    *out = store->past;
    store->past = (struct store_cost){0};
    stmt_cost_all(store, out);
    store->driver->cost(store->conn, out);
}

bool store_show_offices(struct store *store, const int64_t *ids, size_t count, struct err *err)
{
    return store_is_usable(store, err) &&
           store_settle(store, store->driver->show_offices(store->conn, ids, count, err), err);
}

bool store_copy(struct store *store, const char *path, struct err *err)
{
    return store_is_usable(store, err) &&
           store_settle(store, store->driver->copy(store->conn, path, err), err);
}

bool store_fold_log(struct store *store, struct err *err)
{
    return store_is_usable(store, err) &&
           store_settle(store, store->driver->fold_log(store->conn, err), err);
}

bool store_check(struct store *store, struct err *err)
{
    return store_is_usable(store, err) &&
           store_settle(store, store->driver->check(store->conn, err), err);
}
