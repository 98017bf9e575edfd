/* Versions and cases that faults put aside. Returning one is an act: somebody answers for trying
 * again. */
#include "cli/quarantine.h"

#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "casework/case_list.h"
#include "casework/cases.h"
#include "casework/faults.h"
#include "casework/versions.h"
#include "cli/house.h"
#include "cli/table.h"

static const struct column columns[] = {
    {"at", "时间", "at", 0, false},       {"what", "对象", "what", 0, false},
    {"number", "编号", "name", 0, false}, {"version", "版本", "version", 0, false},
    {"kind", "类别", "kind", 0, false},   {"sentence", "原因", "why", 72, false},
    {NULL, NULL, NULL, 0, false},
};

/* The number of the case, or the id of the version's workflow. */
static bool name_of(struct house *house, const struct fault *fault, char **name, struct err *err)
{
    struct version version;
    struct case_row row;

    if (fault->case_id) {
        if (!cases_load(house->site->store, fault->case_id, &row, err)) {
            return false;
        }
        *name = mem_text(row.number);
        case_clear(&row);
        return true;
    }
    if (!version_by_hash(house->site, fault->hash, &version, err)) {
        return false;
    }
    *name = mem_text(version.workflow);
    version_clear(&version);
    return true;
}

static bool list_all(struct house *house, struct err *err)
{
    bool ok = false;
    struct fault *faults = NULL;
    size_t count = 0;
    struct table *table = table_new(columns);

    if (!fault_list(house->site, NULL, 0, &faults, &count, err)) {
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        char *name = NULL;
        char *version = mem_text_n(faults[i].hash, 12);

        if (!name_of(house, &faults[i], &name, err)) {
            mem_free(version);
            goto done;
        }
        table_instant(table, faults[i].at);
        if (faults[i].case_id) {
            table_word(table, PAINT_NONE, SAY("事项", "case"), "case");
        } else {
            table_word(table, PAINT_NONE, SAY("版本", "version"), "version");
        }
        table_paint(table, PAINT_YELLOW, name);
        table_word(table, PAINT_NONE, version, faults[i].hash);
        table_text(table, faults[i].kind);
        table_text(table, faults[i].sentence);
        mem_free(version);
        mem_free(name);
    }
    table_show(table, &house->out, SAY("没有停用的版本和搁置的事项", "nothing is put aside"));
    ok = true;
done:
    fault_list_free(faults, count);
    table_free(table);
    return ok;
}

struct return_work {
    struct house *house;
    const char *name;
    int64_t versions;
    int64_t cases;
};

/* The standing quarantines of versions of that workflow, each once. */
static bool return_versions(struct return_work *work, struct err *err)
{
    struct site *site = work->house->site;
    struct fault *faults = NULL;
    struct version version;
    size_t count = 0;
    bool ok = fault_list(site, NULL, 0, &faults, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        bool is_aside = false;

        if (faults[i].case_id) {
            continue;
        }
        ok = version_by_hash(site, faults[i].hash, &version, err);
        if (!ok) {
            break;
        }
        if (strcmp(version.workflow, work->name) == 0) {
            ok = fault_is_quarantined(site, faults[i].hash, &is_aside, err) &&
                 (!is_aside || fault_clear_version(site, faults[i].hash, err));
            work->versions += is_aside ? 1 : 0;
        }
        version_clear(&version);
    }
    fault_list_free(faults, count);
    return ok;
}

static bool return_case(struct return_work *work, int64_t case_id, struct err *err)
{
    struct site *site = work->house->site;
    struct case_row row;
    bool is_aside;

    if (!cases_load(site->store, case_id, &row, err)) {
        return false;
    }
    is_aside = row.set_aside != NULL;
    case_clear(&row);
    if (!is_aside) {
        err_set(err, ERR_CONFLICT, SAY("事项 %s 没有被搁置", "case %s is not put aside"),
                work->name);
        return false;
    }
    work->cases = 1;
    if (!fault_clear_case(site, case_id, err)) {
        if (err->kind != ERR_MISSING) { /* put aside without a fault row: still to be taken back */
            return false;
        }
        err->text[0] = '\0';
    }
    return cases_take_back(site->store, case_id, site_now(site), err);
}

static bool apply(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct return_work *work = context;
    struct err missing = {0};
    int64_t case_id = 0;
    bool ok;

    if (cases_id(work->house->site->store, work->name, &case_id, &missing)) {
        ok = return_case(work, case_id, err);
    } else if (missing.kind != ERR_MISSING) {
        *err = missing;
        return false;
    } else {
        ok = return_versions(work, err);
        if (ok && work->versions == 0) {
            err_set(err, ERR_MISSING,
                    SAY("没有停用的程序或搁置的事项叫“%s”，可用 duban quarantine 查看",
                        "nothing called \"%s\" is put aside; see duban quarantine"),
                    work->name);
            ok = false;
        }
    }
    if (ok) {
        *body = value_new_map();
        value_set_int(*body, "versions", work->versions);
        value_set_int(*body, "cases", work->cases);
        buf_add_text(result, work->name);
    }
    return ok;
}

static bool take_back(struct house *house, const char *name, struct err *err)
{
    struct act act;
    struct buf result;
    struct return_work work = {.house = house, .name = name};
    struct value *map;
    bool ok;

    house_act(house, "quarantine return", name, NULL, &act);
    buf_init(&result, ACTS_RESULT_LIMIT);
    ok = act_run(house->site, &act, apply, &work, &result, err);
    map = ok ? out_map(&house->out) : NULL;
    if (map) {
        value_set_text(map, "returned", buf_text(&result));
    }
    if (ok) {
        out_print(&house->out,
                  SAY("%s 已恢复，下次 tick 时处理\n", "%s is back; the next tick decides it\n"),
                  buf_text(&result));
    }
    buf_clear(&result);
    return ok;
}

enum outcome quarantine_run(struct house *house, const struct args *args, struct err *err)
{
    const char *verb = args_operand(args, 0);
    const char *name = args_operand(args, 1);

    if (!verb || (strcmp(verb, "list") == 0 && !name)) {
        return args_outcome(house_read(house, err) && list_all(house, err));
    }
    if (strcmp(verb, "return") != 0 || !name) {
        return args_refuse(err, "%s",
                           SAY("用法：duban quarantine [list | return 程序或事项编号]",
                               "usage: duban quarantine [list | return WORKFLOW|CASE]"));
    }
    return args_outcome(house_write(house, args, err) && take_back(house, name, err));
}
