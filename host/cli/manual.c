/* The man page (roff) and the completion for bash, written out of the table of commands. */
#include "cli/help.h"

#include <string.h>

#include "base/text.h"
#include "cli/args.h"

/* roff reads a dot or an apostrophe at the start of a line, backslashes and dashes anywhere. */
static void put_roff(FILE *stream, const char *text)
{
    if (*text == '.' || *text == '\'') {
        fputs("\\&", stream);
    }
    for (; *text; text++) {
        if (*text == '\\') {
            fputs("\\e", stream);
        } else if (*text == '-') {
            fputs("\\-", stream);
        } else {
            fputc(*text, stream);
        }
    }
}

static void man_options(FILE *stream, const struct option *option)
{
    for (; option && option->name; option++) {
        fputs(".TP\n.B ", stream);
        put_roff(stream, option->name[1] ? "--" : "-");
        put_roff(stream, option->name);
        if (option->argument) {
            fputs(" \\fI", stream);
            put_roff(stream, option->argument);
            fputs("\\fR", stream);
        }
        fputc('\n', stream);
        put_roff(stream, SAY(option->help_zh, option->help_en));
        fputc('\n', stream);
    }
}

static void man_command(FILE *stream, const struct command *command)
{
    fputs(".SS \"", stream);
    put_roff(stream, command->name);
    fputc(' ', stream);
    put_roff(stream, command->synopsis);
    fputs("\"\n", stream);
    put_roff(stream, SAY(command->help_zh, command->help_en));
    fputc('\n', stream);
    if (command->options && command->options->name) {
        fputs(".RS\n", stream);
        man_options(stream, command->options);
        fputs(".RE\n", stream);
    }
}

void help_man(FILE *stream)
{
    fputs(".TH DUBAN 1\n.SH ", stream);
    fputs(SAY("名称\nduban \\- 督办：办件督办的运行环境\n",
              "NAME\nduban \\- runs an office's supervision procedures\n"),
          stream);
    fprintf(stream, ".SH %s\n", SAY("用法", "SYNOPSIS"));
    fputs(".B duban\n[\\-C \\fIDIR\\fR] [\\-\\-office \\fICODE\\fR] [\\-\\-json] \\fICOMMAND\\fR "
          "...\n",
          stream);
    fprintf(stream, ".SH %s\n", SAY("通用选项", "OPTIONS"));
    man_options(stream, global_options);
    fprintf(stream, ".SH %s\n", SAY("命令", "COMMANDS"));
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            man_command(stream, command);
        }
    }
    fprintf(stream, ".SH %s\n", SAY("退出码", "EXIT STATUS"));
    fputs(SAY("0 完成；1 被拒绝（原因在标准错误）；2 用法有误。\n",
              "0 done; 1 refused, with the reason on standard error; 2 wrong usage.\n"),
          stream);
}

static void bash_options(FILE *stream, const struct option *option)
{
    for (; option && option->name; option++) {
        fprintf(stream, " %s%s", option->name[1] ? "--" : "-", option->name);
    }
}

/* Second words of the commands whose first word it is: "due import check" for calendar. */
static void bash_second_words(FILE *stream, const char *first, size_t length)
{
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            if (strncmp(command->name, first, length) == 0 && command->name[length] == ' ') {
                fprintf(stream, " %s", command->name + length + 1);
            }
        }
    }
}

/* True for the first row that begins with this word, so that each word gets one branch. */
static bool is_first(const struct command *wanted, size_t length)
{
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            if (strncmp(command->name, wanted->name, length) == 0 &&
                (command->name[length] == ' ' || command->name[length] == '\0')) {
                return command == wanted;
            }
        }
    }
    return false;
}

static void bash_options_of(FILE *stream, const char *first, size_t length)
{
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            if (strncmp(command->name, first, length) == 0 &&
                (command->name[length] == ' ' || command->name[length] == '\0')) {
                bash_options(stream, command->options);
            }
        }
    }
}

void help_bash(FILE *stream)
{
    fputs("_duban() {\n  local word=${COMP_WORDS[COMP_CWORD]} command= i\n"
          "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case ${COMP_WORDS[i]} in\n"
          "      -C|--office) ((i++)) ;;\n      -*) ;;\n      *) command=${COMP_WORDS[i]}; break "
          ";;\n    esac\n  done\n"
          "  local words=\n  case $command in\n    '') words='",
          stream);
    bash_options(stream, global_options);
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            size_t length = strcspn(command->name, " ");

            if (is_first(command, length)) {
                fprintf(stream, " %.*s", (int)length, command->name);
            }
        }
    }
    fputs("' ;;\n", stream);
    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            size_t length = strcspn(command->name, " ");

            if (is_first(command, length)) {
                fprintf(stream, "    %.*s) words='", (int)length, command->name);
                bash_second_words(stream, command->name, length);
                bash_options_of(stream, command->name, length);
                fputs("' ;;\n", stream);
            }
        }
    }
    fputs("  esac\n  if [[ $word == -* || -z $command ]]; then\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n  else\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -- \"$word\"))\n  "
          "fi\n}\n"
          "complete -F _duban duban\n",
          stream);
}
