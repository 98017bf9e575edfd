/* A small table by hash, without chains: it only saves looking up. */
#include "cli/faces.h"

#include <string.h>

static uint64_t add(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    }
    return hash ^ 0xff;
}

static size_t place_of(const char *user, const char *by, int64_t office_id)
{
    uint64_t hash = add(add(UINT64_C(14695981039346656037), user), by);

    return (size_t)((hash ^ (uint64_t)office_id * 31) % FACES);
}

const struct face *faces_find(const struct faces *faces, const char *user, const char *by,
                              int64_t office_id)
{
    const char *named = by ? by : "";
    const struct face *face = &faces->items[place_of(user, named, office_id)];

    return face->user[0] && face->office_id == office_id && strcmp(face->user, user) == 0 &&
                   strcmp(face->by, named) == 0
               ? face
               : NULL;
}

void faces_keep(struct faces *faces, const char *user, const char *by, const struct face *face)
{
    const char *named = by ? by : "";
    struct face *place = &faces->items[place_of(user, named, face->office_id)];

    if (strlen(user) >= sizeof place->user || strlen(named) >= sizeof place->by) {
        return;
    }
    *place = *face;
    memcpy(place->user, user, strlen(user) + 1);
    memcpy(place->by, named, strlen(named) + 1);
}

void faces_forget(struct faces *faces)
{
    memset(faces, 0, sizeof *faces);
}
