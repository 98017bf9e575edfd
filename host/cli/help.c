/* Help on the terminal. What it says stands in the table of commands. */
#include "cli/help.h"

#include <string.h>

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

void help_command(FILE *stream, const struct command *command)
{
    fprintf(stream, SAY("用法：duban %s%s%s\n\n%s\n", "usage: duban %s%s%s\n\n%s\n"), command->name,
            *command->synopsis ? " " : "", command->synopsis,
            SAY(command->help_zh, command->help_en));
    if (command->options && command->options->name) {
        fprintf(stream, "\n%s\n", SAY("选项", "Options"));
        list_options(stream, command->options);
    }
    fprintf(stream, "\n%s\n", SAY("通用选项", "Options of every command"));
    list_options(stream, global_options);
}
