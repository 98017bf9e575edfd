/* What store.c and stmt.c share about a connection; nobody else looks inside. */
#ifndef DUBAN_INSIDE_H
#define DUBAN_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/err.h"
#include "store/driver.h"
#include "store/store.h"

#define STORE_BUCKETS 256
#define STORE_STATEMENTS 256

struct store {
    const struct driver *driver;
    void *conn;
    enum store_mode mode;
    bool is_poisoned;
    struct err poison; /* what every call says from then on */
    struct stmt *buckets[STORE_BUCKETS];
    int statements;
    uint64_t uses;          /* a clock for the oldest statement */
    struct store_cost past; /* of statements that left the cache */
};

/* Takes in what a driver said: true for OK and ROW; BROKEN rolls back and poisons. */
MUST_USE bool store_settle(struct store *store, enum driver_result result, struct err *err);
/* Finishes all cached statements. */
void stmt_clear_all(struct store *store);
/* Adds what the cached statements cost. */
void stmt_cost_all(struct store *store, struct store_cost *add);

#endif
