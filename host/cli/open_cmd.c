/* `duban open`: one new case, its record handed in on the command line. */
#include "cli/handlers.h"

#include "base/mem.h"
#include "cli/form.h"
#include "cli/gaps.h"
#include "cli/house.h"
#include "cli/view.h"
#include "serve/keeper.h"

const struct option open_options[] = {
    {"input", "FILE", "登记内容的 JSON 文件（字段名或标签对应值）",
     "JSON file with the record, by id or label"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

enum outcome open_handler(struct house *house, const struct args *args, struct err *err)
{
    char number[CASE_NUMBER_SIZE] = "";
    char *workflow = NULL;
    struct value *given = NULL;
    struct keeper_new fresh;
    bool ok = false;

    if (!house_write(house, args, err) ||
        !view_workflow(house, args_operand(args, 0), &workflow, err) ||
        !form_read(house, args, 1, &given, err)) {
        goto done;
    }
    fresh =
        (struct keeper_new){.office_id = house->office_id, .workflow = workflow, .given = given};
    if (!keeper_open_case(house->keeper, &house->actor, house->key, &fresh, number, err)) {
        goto done;
    }
    out_print(&house->out, "%s\n", number);
    if (house->out.is_json) {
        value_set_text(out_map(&house->out), "number", number);
        value_set_text(out_map(&house->out), "workflow", workflow);
    }
    ok = gaps_warn(house, number, err);
done:
    if (!ok) {
        house_detach(house);
    }
    value_free(given);
    mem_free(workflow);
    return args_outcome(ok);
}
