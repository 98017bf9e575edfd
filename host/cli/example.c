/* Fills a new site with the units and people of docs/example/, so that a newcomer can open the
   first case within a minute. The scripts are copied, not published: that is the newcomer's first
   act. */
#include "cli/example.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/imports.h"
#include "casework/registry.h"
#include "casework/rights.h"
#include "paper/csv.h"

typedef bool plan_maker(struct site *site, int64_t office_id, struct csv *csv,
                        const struct value *map, struct import_plan *out, struct err *err);

static bool import_sheet(struct house *house, const char *name, plan_maker *make, struct err *err)
{
    char *folder = file_join(house->library, "docs/example");
    char *path = file_join(folder, name);
    struct import_plan plan = {0};
    struct csv *csv = NULL;
    struct buf bytes;
    bool ok;

    buf_init(&bytes, CSV_BYTES_MAX + 1);
    ok = file_read(path, CSV_BYTES_MAX, &bytes, err) &&
         csv_parse(buf_text(&bytes), bytes.length, &csv, err) &&
         make(house->site, house->office_id, csv, NULL, &plan, err);
    if (ok) {
        ok = import_apply(house->site, &plan, false, NULL, err);
        import_plan_clear(&plan);
    }
    if (!ok) {
        err_add(err, "%s", name);
    }
    csv_free(csv);
    buf_clear(&bytes);
    mem_free(path);
    mem_free(folder);
    return ok;
}

/* Somebody who holds the role today; ERR_MISSING when nobody does. */
static bool holder(struct house *house, const char *role, int64_t *person_id, struct err *err)
{
    struct value *principal = value_new_map();
    int64_t *ids = NULL;
    size_t count = 0;
    bool ok;

    value_set_text(principal, "kind", "role");
    value_set_text(principal, "role", role);
    ok = rights_find(house->site, house->office_id, principal, clock_day(site_now(house->site)),
                     &ids, &count, err);
    if (ok && count == 0) {
        err_set(err, ERR_MISSING, SAY("示例中无人担任 %s", "nobody in the example is %s"), role);
        ok = false;
    }
    if (ok) {
        *person_id = ids[0];
    }
    mem_free(ids);
    value_free(principal);
    return ok;
}

/* Somebody else has to approve what the newcomer publishes; on a rehearsal, in that name. */
static bool add_account(struct house *house, const char *role, struct err *err)
{
    struct account account = {.office_id = house->office_id};

    memcpy(account.name, role, strlen(role) + 1);
    memcpy(account.os_user, role, strlen(role) + 1);
    return holder(house, role, &account.person_id, err) &&
           registry_account_save(house->site, &account, err);
}

static bool bind_newcomer(struct house *house, const char *role, struct err *err)
{
    struct account account;

    return registry_account_current(house->site, &account, err) &&
           holder(house, role, &account.person_id, err) &&
           registry_account_save(house->site, &account, err);
}

static bool fill(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct house *house = context;

    (void)result;
    (void)body;
    return import_sheet(house, "units.csv", import_units_plan, err) &&
           import_sheet(house, "people.csv", import_people_plan, err) &&
           add_account(house, "director", err) && add_account(house, "registry", err) &&
           add_account(house, "admin", err) && bind_newcomer(house, "clerk", err);
}

static bool copy_scripts(struct house *house, const char *kind, struct err *err)
{
    char *from = file_join(house->library, kind);
    char *into = file_join(house->globals.dir, kind);
    char **list = NULL;
    bool ok = file_list(from, ".lua", false, &list, err);

    for (size_t i = 0; ok && list[i]; i++) {
        char *source = file_join(from, list[i]);
        char *target = file_join(into, list[i]);
        char *text = NULL;

        ok = house_own_script(house, source, &text, err) &&
             file_write(target, text, strlen(text), 0600, err);
        mem_free(text);
        mem_free(source);
        mem_free(target);
    }
    file_list_free(list);
    mem_free(from);
    mem_free(into);
    return ok;
}

bool example_fill(struct house *house, const struct args *args, struct err *err)
{
    struct buf result;
    struct act act;
    bool ok = house_write(house, args, err);

    if (!ok) {
        return false;
    }
    house_act(house, "init example", house->office, NULL, &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, fill, house, &result, err) &&
         copy_scripts(house, "workflows", err) && copy_scripts(house, "jobs", err);
    buf_clear(&result);
    if (ok) {
        out_print(
            &house->out, "%s\n",
            SAY("已装入示例单位、人员与脚本；当前用户是经办人，另有账户 director registry admin",
                "example units, people and scripts are in; you are a clerk, and director, "
                "registry and admin are other accounts"));
    }
    return ok;
}
