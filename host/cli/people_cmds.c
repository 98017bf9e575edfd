/* The table of what happens when people come and go, and when units are reformed. */
#include "cli/handlers.h"

const struct command people_commands[] = {
    {"delegate", "ROLE --from PERSON --to PERSON [--since DATE] --until DATE --reason TEXT",
     "代理：把角色委托给他人一段时间", "lends a role to another one for a time", delegate_options,
     1, 1, 0, delegate_handler, REACH_SITE},
    {"handover",
     "PERSON --to PERSON [--since DATE] [--roles] [--except CASE] [--dry-run] [-o FILE]",
     "交接：在办案件、角色、待批、待发消息，附清单", "passes on cases, roles, signatures, messages",
     handover_options, 1, 1, 0, handover_handler, REACH_SITE},
    {"unit merge", "UNIT… --into UNIT --on DATE [--reason TEXT] [--dry-run] [-o FILE]",
     "机构改革：由一个单位承接原单位的案件", "after a reform one unit goes on for others",
     unit_merge_options, 1, OPERANDS_ANY, 0, unit_merge_handler, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
