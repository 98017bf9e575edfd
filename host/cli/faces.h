/* Whom the desk knows by sight: accounts and persons that were looked up, so that a clerk who comes
   a thousand times is not looked up each time. */
#ifndef DUBAN_FACES_H
#define DUBAN_FACES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "casework/registry.h"

#define FACES 256
#define FACES_NAME 160

struct face {
    char user[REGISTRY_CODE]; /* of the operating system; "" in a free place */
    char by[FACES_NAME];      /* as --by says it; "" without */
    int64_t office_id;        /* 0: the account alone is known */
    struct account account;
    struct person person; /* person_id 0: nobody */
};

struct faces {
    struct face items[FACES];
};

/* NULL when that one is not known. by may be NULL. */
const struct face *faces_find(const struct faces *faces, const char *user, const char *by,
                              int64_t office_id);
/* Copies; who stood in the same place is forgotten. */
void faces_keep(struct faces *faces, const char *user, const char *by, const struct face *face);
void faces_forget(struct faces *faces);

#endif
