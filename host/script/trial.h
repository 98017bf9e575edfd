/* What specs may do with real workers. The floor above knows them, so it hands its functions down
 * in a table. */
#ifndef DUBAN_TRIAL_H
#define DUBAN_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

struct lua_State;

struct trial_limits {
    int64_t cpu_ms;
    int64_t memory;
    int64_t output;
};

struct trial_end {
    const char *fate; /* "served", "fault", "outside" */
    int signal;
    int line;
    char kind[16];
    char text[1024];
    char file[128];
};

/* A house is a zygote, a hand is a worker. finish frees the hand; stop the house. */
struct trial_desk {
    bool (*start)(const char *library, void **house, struct err *err);
    void (*stop)(void *house);
    bool (*fork)(void *house, const struct trial_limits *limits, void **hand, struct err *err);
    int (*pid)(void *hand);
    bool (*send)(void *hand, const struct buf *request, int64_t wall_ms, struct err *err);
    bool (*receive)(void *hand, struct buf *reply, int64_t wall_ms, struct err *err);
    void (*finish)(void *hand, struct trial_end *end);
};

/* Makes raw.trial available to require in the trusted interpreter. */
void trial_preload(struct lua_State *L, const struct trial_desk *desk);

#endif
