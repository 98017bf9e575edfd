/* For specs alone, in test builds alone: the acts of letters one at a time, without anybody who
   sends. --as-configured lets a rehearsal use the channels of its configuration, so that the clock
   can be turned. */
#include <stdlib.h>

#include "base/json.h"
#include "base/value.h"
#include "cli/args.h"
#include "cli/command.h"
#include "cli/house.h"
#include "serve/keeper.h"
#include "serve/letters.h"

#ifdef DUBAN_TEST

static const struct option PROBE_OPTIONS[] = {
    {"as-configured", NULL, "用配置的渠道", "with the channels of the configuration"},
    {NULL, NULL, NULL, NULL},
};

static bool enter(struct house *house, const struct args *args, struct err *err)
{
    struct conf *conf;

    if (!house_write(house, args, err)) {
        return false;
    }
    conf = &house->site->conf;
    if (args_has(args, "as-configured")) {
        value_set(conf->rehearsal, "channels", value_copy(conf->channels));
        value_set(conf->rehearsal, "route", value_copy(conf->route));
    }
    return true;
}

static enum outcome route(struct house *house, const struct args *args, struct err *err)
{
    int64_t count = 0;

    if (!enter(house, args, err) || !letters_route(house->keeper, 100000, &count, err)) {
        return OUTCOME_REFUSED;
    }
    out_print(&house->out, "%lld\n", (long long)count);
    return OUTCOME_DONE;
}

static enum outcome release(struct house *house, const struct args *args, struct err *err)
{
    return enter(house, args, err) && letters_release(house->keeper, site_now(house->site), err)
               ? OUTCOME_DONE
               : OUTCOME_REFUSED;
}

static enum outcome make(struct house *house, const struct args *args, struct err *err)
{
    struct value *message = NULL;
    int64_t id = strtoll(args_operand(args, 0), NULL, 10);
    struct buf text;

    if (!enter(house, args, err) || !letters_make(house->keeper, id, &message, err)) {
        return OUTCOME_REFUSED;
    }
    buf_init(&text, (size_t)1024 * 1024);
    json_write(message, &text);
    out_print(&house->out, "%s\n", buf_text(&text));
    buf_clear(&text);
    value_free(message);
    return OUTCOME_DONE;
}

const struct command probe_commands[] = {
    {"letters route", "", "试：定渠道", "probe: find ways", PROBE_OPTIONS, 0, 0, 0, route,
     REACH_SITE},
    {"letters release", "", "试：放行", "probe: release", PROBE_OPTIONS, 0, 0, 0, release,
     REACH_SITE},
    {"letters make", "ID", "试：成文", "probe: make", PROBE_OPTIONS, 1, 1, 0, make, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};

#endif
