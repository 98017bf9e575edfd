/* Help on the terminal. What it says stands in the table of commands. */
#include "cli/help.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "cli/args.h"

static void pad(FILE *stream, const char *text, size_t width)
{
    size_t takes = text_width(text);

    fprintf(stream, "%s%*s", text, takes < width ? (int)(width - takes) : 1, "");
}

static void option_words(const struct option *option, char *out, size_t room)
{
    snprintf(out, room, "%s%s%s%s", option->name[1] ? "--" : "-", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
}

static void list_options(FILE *stream, const struct option *option)
{
    char words[64];

    for (; option && option->name; option++) {
        option_words(option, words, sizeof words);
        fputs("  ", stream);
        pad(stream, words, 22);
        fprintf(stream, "%s\n", SAY(option->help_zh, option->help_en));
    }
}

void help_all(FILE *stream)
{
    fputs(SAY("用法：duban [-C 目录] [--office 区划代码] [--json] 命令 …\n",
              "usage: duban [-C DIR] [--office CODE] [--json] COMMAND …\n"),
          stream);
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        fprintf(stream, "\n%s\n", SAY(group->title_zh, group->title_en));
        for (const struct command *command = group->commands; command->name; command++) {
            fputs("  ", stream);
            pad(stream, command->name, 18);
            fprintf(stream, "%s\n", SAY(command->help_zh, command->help_en));
        }
    }
    fputs(SAY("\n各命令用法：duban help 命令\n", "\nMore about one command: duban help COMMAND\n"),
          stream);
}

bool help_words(FILE *stream, const char *first)
{
    size_t length = strlen(first);
    bool is_any = false;

    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            if (strncmp(command->name, first, length) == 0 && command->name[length] == ' ') {
                is_any = true;
                fprintf(stream, "duban %s%s%s\n    %s\n", command->name,
                        *command->synopsis ? " " : "", command->synopsis,
                        SAY(command->help_zh, command->help_en));
            }
        }
    }
    return is_any;
}

/* The words of a synopsis as an office calls them. */
static void put_synopsis(FILE *stream, const char *text)
{
    static const char *const WORDS[][2] = {
        {"CASE", "案号"},     {"FACT", "事实"},     {"WORKFLOW", "程序"},
        {"NUMBER", "案号"},   {"PERSON", "姓名"},   {"ACCOUNT", "账户"},
        {"FILE", "文件"},     {"TIME", "时间"},     {"DATE", "日期"},
        {"TEXT", "文字"},     {"UNIT", "单位"},     {"STATE", "状态"},
        {"VALUE", "值"},      {"NAME", "名称"},     {"START", "起始日"},
        {"BUDGET", "期限"},   {"HOW", "办法"},      {"DIR", "目录"},
        {"CODE", "区划代码"}, {"ID", "编号"},       {"field=value", "字段=值"},
        {"ROLE", "角色"},     {"USER", "系统用户"},
    };

    while (*text) {
        size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        const char *said = NULL;

        length = strncmp(text, "field=value", 11) == 0 ? 11 : length;
        for (size_t i = 0; length && i < COUNT_OF(WORDS); i++) {
            if (strlen(WORDS[i][0]) == length && strncmp(text, WORDS[i][0], length) == 0) {
                said = SAY(WORDS[i][1], WORDS[i][0]);
            }
        }
        if (said) {
            fputs(said, stream);
        } else {
            fprintf(stream, "%.*s", (int)(length ? length : 1), text);
        }
        text += length ? length : 1;
    }
}

static const struct {
    const char *command, *zh, *en;
} EXAMPLES[] = {
    {"fact",
     "  duban fact 430000-2026-YJ-0001 签收 签收日期=2026-03-05 --by 段远建\n"
     "  duban fact YJ-0001 YJ-0002 YJ-0003 签收 --by 段远建      几件一起登记\n"
     "  duban fact 签收 --from 签收.csv --by 段远建              每行一件，须有“案号”一列\n"
     "  duban fact YJ-0001 更正 更正哪件事=立案 理由=单位写错 \\\n"
     "      更正后的内容=\"主办单位=省科学技术厅\" --by 段远建\n"
     "现在可登记哪些事实、谁可登记、须填什么：duban case 案号\n",
     "  duban fact 430000-2026-YJ-0001 signed --by NAME\n"
     "  duban fact YJ-0001 YJ-0002 YJ-0003 signed --by NAME      several cases at once\n"
     "  duban fact signed --from signed.csv --by NAME            a case a row\n"
     "  duban fact YJ-0001 corrected fact=opened reason=… data=\"unit=…\" --by NAME\n"
     "What may be recorded now, by whom, with which fields: duban case NUMBER\n"},
    {"import",
     "  duban import units 单位.csv\n"
     "  duban import people 人员.csv\n"
     "  duban import case_transfer 台账.csv --by 段远建           程序的代号或名称\n",
     "  duban import units units.csv\n"
     "  duban import people people.csv\n"
     "  duban import case_transfer ledger.csv --by NAME          a workflow by id or title\n"},
    {"calendar due", "  duban calendar due 2026-01-05 5个工作日\n",
     "  duban calendar due 2026-01-05 5wd\n"},
};

static void list_examples(FILE *stream, const char *command)
{
    for (size_t i = 0; i < COUNT_OF(EXAMPLES); i++) {
        if (strcmp(EXAMPLES[i].command, command) == 0) {
            fprintf(stream, "\n%s\n%s", SAY("举例", "Examples"),
                    SAY(EXAMPLES[i].zh, EXAMPLES[i].en));
        }
    }
}

void help_command(FILE *stream, const struct command *command)
{
    fprintf(stream, SAY("用法：duban %s%s", "usage: duban %s%s"), command->name,
            *command->synopsis ? " " : "");
    put_synopsis(stream, command->synopsis);
    fprintf(stream, "\n\n%s\n", SAY(command->help_zh, command->help_en));
    if (command->options && command->options->name) {
        fprintf(stream, "\n%s\n", SAY("选项", "Options"));
        list_options(stream, command->options);
    }
    list_examples(stream, command->name);
    fprintf(stream, "\n%s\n", SAY("通用选项", "Options of every command"));
    list_options(stream, global_options);
}
