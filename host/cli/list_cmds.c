/* The commands that list. */
#include "cli/command.h"
#include "cli/handlers.h"

const struct command list_commands[] = {
    {"todo", "[--by PERSON] [--head] [--limit N]", "今天要办什么：超期、到期、待批，附办理命令",
     "what somebody has to do, with the command that does it", todo_options, 0, 0, 0, todo_handler,
     REACH_SITE},
    {"cases",
     "[--workflow ID] [--state STATE] [--unit UNIT] [--person PERSON] [--overdue]"
     " [--open|--closed] [--since DATE] [--until DATE] [--where FIELD=VALUE…] [--columns LIST]"
     " [--sort COLUMN] [--total] [--limit N] [--page N] [-o FILE]",
     "列出案件：筛选、排序、选列、计数", "lists cases: narrowed, ordered, counted", cases_options,
     0, 0, 0, cases_handler, REACH_SITE},
    {"find", "TEXT", "查找：案号、名称或其拼音首字母、登记内容的词",
     "a case, unit or person by number, name, initials, words", find_options, 1, 1, 0, find_handler,
     REACH_SITE},
    {"report figures", "[--since DATE] [--until DATE] [-o FILE]",
     "统计：应办、办结、按期、超期、平均用时", "figures: due, done, in time, overdue, days taken",
     figures_options, 0, 0, 0, figures_handler, REACH_SITE},
    {"ledger", "[WORKFLOW] -o FILE", "台账：按导入的列还原，附当前状态",
     "a ledger as it was imported, with what became of it", ledger_options, 0, 1, 0, ledger_handler,
     REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
