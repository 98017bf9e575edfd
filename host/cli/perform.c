/* Words become a command, the command its outcome: the same for a process of its own and for words
   that came to `duban serve`. */
#include "cli/perform.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/help.h"
#include "cli/right.h"
#include "cli/upkeep_cmds.h"

/* Whatever a script or a file put into the sentence must not steer the terminal. */
/* Whatever a script or a file put into the sentence must not steer the terminal, and what would
   begin a second line could be taken for a second sentence. */
void perform_complain(FILE *stream, const struct err *err)
{
    struct err safe = *err;

    if (!err->text[0]) {
        return;
    }
    for (char *at = safe.text; *at; at++) {
        if (*at == '\n' || *at == '\t') {
            *at = ' ';
        }
    }
    text_clean(safe.text, '?', "");
    fprintf(stream, "duban: %s\n", safe.text);
}

/* "duban calendar" alone: the words that may follow. */
static bool name_subcommands(const char *word, struct err *err)
{
    char list[256] = "";
    size_t length = strlen(word);

    for (const struct command_group *group = command_groups(); group->commands; group++) {
        for (const struct command *command = group->commands; command->name; command++) {
            if (strncmp(command->name, word, length) == 0 && command->name[length] == ' ') {
                snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                         *list ? SAY("、", ", ") : "", command->name + length + 1);
            }
        }
    }
    if (*list) {
        err_set(err, ERR_INVALID, SAY("%s 后面应为：%s", "%s is followed by one of: %s"), word,
                list);
    }
    return *list != '\0';
}

static void refuse_command(const char *word, struct err *err)
{
    const char *nearest = command_nearest(word);

    if (name_subcommands(word, err)) {
        return;
    }
    if (nearest) {
        err_set(err, ERR_INVALID,
                SAY("没有命令“%s”，是否指 %s", "there is no command \"%s\"; did you mean %s"), word,
                nearest);
    } else {
        err_set(
            err, ERR_INVALID,
            SAY("没有命令“%s”，命令表见 duban help", "there is no command \"%s\"; see duban help"),
            word);
    }
}

/* Words are compared, stored and printed as UTF-8; anything else is refused before it gets
 * anywhere. */
static bool words_are_text(int argc, char **argv, struct err *err)
{
    for (int i = 1; i < argc; i++) {
        if (!text_is_utf8(argv[i], strlen(argv[i]))) {
            err_set(err, ERR_INVALID,
                    SAY("第 %d 个参数不是 UTF-8 文本", "argument %d is not valid UTF-8"), i);
            return false;
        }
    }
    return true;
}

static enum outcome read_words(struct house *house, int argc, char **argv,
                               struct performance *performance, struct err *err)
{
    const struct command *command;
    size_t words = 0;
    int at = 0;

    if (!words_are_text(argc, argv, err)) {
        return OUTCOME_REFUSED;
    }
    if (!args_globals(argc, argv, &house->globals, &at, err)) {
        return OUTCOME_USAGE;
    }
    if (house->globals.wants_version) {
        upkeep_print_version(&house->out);
        return OUTCOME_DONE;
    }
    if (at >= argc) {
        help_all(house->globals.wants_help ? house->out.stream : house->out.errors);
        return house->globals.wants_help ? OUTCOME_DONE : OUTCOME_USAGE;
    }
    command = command_find(argv[at], at + 1 < argc ? argv[at + 1] : NULL, &words);
    if (!command) {
        refuse_command(argv[at], err);
        return OUTCOME_USAGE;
    }
    at += (int)words;
    if (!args_parse(command, argc - at, argv + at, &performance->args, &house->globals, err)) {
        return OUTCOME_USAGE;
    }
    if (house->globals.wants_help) {
        help_command(house->out.stream, command);
        return OUTCOME_DONE;
    }
    performance->command = command;
    return OUTCOME_DONE;
}

void perform_read(struct house *house, int argc, char **argv, struct performance *performance,
                  struct err *err)
{
    struct err late = {0};

    *performance = (struct performance){0};
    performance->outcome = read_words(house, argc, argv, performance, err);
    if (performance->command) {
        house->out.is_json = house->globals.is_json;
    } else if (!out_end(&house->out, false, &late) && performance->outcome == OUTCOME_DONE) {
        *err = late;
        performance->outcome = OUTCOME_REFUSED;
    }
}

enum outcome perform_finish(struct house *house, enum outcome outcome, struct err *err)
{
    struct err late = {0};

    if (!out_end(&house->out, outcome == OUTCOME_DONE, &late) && outcome == OUTCOME_DONE) {
        *err = late;
        outcome = OUTCOME_REFUSED;
    }
    return outcome;
}

void perform_denied(struct house *house, const struct performance *performance,
                    const struct err *why)
{
    right_denied(house, performance->command->name, args_operand(&performance->args, 0), why);
}

enum outcome perform_run(struct house *house, const struct performance *performance,
                         struct err *err)
{
    enum outcome outcome = performance->command->handler(house, &performance->args, err);

    if (outcome == OUTCOME_REFUSED) {
        perform_denied(house, performance, err);
    }
    return perform_finish(house, outcome, err);
}

void perform_clear(struct performance *performance)
{
    args_clear(&performance->args);
}
