/* Gathers the tables of commands and looks names up in them. */
#include "cli/command.h"
#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

static const struct command_group groups[] = {
    {"站点", "Site", site_commands},
    {"账号", "Accounts", account_commands},
    {"人员与单位", "People and units", people_commands},
    {"程序版本", "Versions", version_commands},
    {"事项", "Cases", case_commands},
    {"审批", "Approval", proposal_commands},
    {"运转", "Running", tick_commands},
    {"渠道", "Channels", channel_commands},
    {"查询", "Lists", list_commands},
    {"导入", "Import", import_commands},
    {"日历", "Calendar", calendar_commands},
    {"作业", "Scripts and jobs", run_commands},
    {"维护", "Upkeep", upkeep_commands},
#ifdef DUBAN_TEST
    {"试验", "Probe", probe_commands},
#endif
    {NULL, NULL, NULL},
};

const struct command_group *command_groups(void)
{
    return groups;
}

static const struct command *find_name(const char *name)
{
    for (const struct command_group *group = groups; group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            if (strcmp(command->name, name) == 0) {
                return command;
            }
        }
    }
    return NULL;
}

const struct command *command_find(const char *first, const char *second, size_t *words)
{
    char name[64];
    const struct command *command = NULL;

    if (second && snprintf(name, sizeof name, "%s %s", first, second) < (int)sizeof name) {
        command = find_name(name);
    }
    *words = command ? 2 : 1;
    return command ? command : find_name(first);
}

/* The first word of a command counts alone, so that "calender" finds what begins with calendar. */
const char *command_nearest(const char *word)
{
    const struct command *best = NULL;
    struct nearest nearest;
    char first[64];

    nearest_begin(&nearest, word);
    for (const struct command_group *group = groups; group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            size_t distance = nearest.distance;
            bool had = nearest.best != NULL;

            snprintf(first, sizeof first, "%.*s", (int)strcspn(command->name, " "), command->name);
            nearest_offer(&nearest, first);
            if (nearest.distance < distance || (!had && nearest.best)) {
                best = command;
            }
        }
    }
    return best ? best->name : NULL;
}
