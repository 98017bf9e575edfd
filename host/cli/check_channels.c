/* The request is built as the courier would, so that an address it would refuse is found here. */
#include "cli/check_channels.h"

#include <string.h>

#include "base/clock.h"
#include "net/adapter.h"
#include "net/tree.h"

#define STAND_IN "SECRET" /* fits into an address as well */

struct value *check_channel_users(const struct house *house, const char *script)
{
    const struct value *all = house->site ? house->site->conf.channels : NULL;
    struct value *users = value_new_map();

    for (size_t i = 0; i < value_count(all); i++) {
        const char *kind = value_get_text(value_at(all, i), "kind");
        const char *own = value_get_text(value_at(all, i), "script");

        if (kind && own && strcmp(kind, "lua") == 0 && strcmp(own, script) == 0) {
            value_set(users, value_key_at(all, i), value_copy(value_at(all, i)));
        }
    }
    return users;
}

bool check_channel_request(const struct value *reply, const struct value *conf, struct err *err)
{
    const struct value *names = value_get(reply, "secrets");
    struct value *secrets = value_new_map();
    struct request request;
    struct signing signing = {
        .conf = conf, .secrets = secrets, .tree = value_get(reply, "tree"), .now_ms = clock_now()};
    struct buf unused;
    bool ok;

    for (size_t i = 0; i < value_count(names); i++) {
        if (value_text(value_at(names, i))) {
            value_set_text(secrets, value_text(value_at(names, i)), STAND_IN);
        }
    }
    request_init(&request);
    buf_init(&unused, 1);
    ok = conf ? ADAPTER_LUA.request(&signing, &unused, &request, err)
              : tree_request(signing.tree, secrets, signing.now_ms, &request, err);
    request_clear(&request);
    buf_clear(&unused);
    value_free(secrets);
    return ok;
}
