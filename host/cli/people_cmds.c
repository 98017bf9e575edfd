/* The table of what happens when people come and go, and when units are reformed. */
#include "cli/handlers.h"

const struct command people_commands[] = {
    {"delegate", "ROLE --from PERSON --to PERSON [--since DATE] --until DATE --reason TEXT",
     "代理：把角色委托给他人一段时间", "lends a role to another one for a time", delegate_options,
     1, 1, 0, delegate_handler, REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
