/* Takes a command line apart by the option table of its command. A word such as "-10wd" is a value,
   because an offset of time is more common here than an option that begins with a digit (there is
   none). */
#include "cli/args.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"

const struct option global_options[] = {
    {"C", "DIR", "站点目录（默认当前目录）", "the site's folder (default: the current one)"},
    {"office", "CODE", "区划代码，默认取配置",
     "code of the office; default from the configuration"},
    {"json", NULL, "标准输出只打印一个 JSON 文档", "print one JSON document and nothing else"},
    {"help", NULL, "帮助", "help"},
    {"h", NULL, "同 --help", "the same as --help"},
    {"version", NULL, "版本", "version"},
    {NULL, NULL, NULL, NULL},
};

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && !isdigit((unsigned char)word[1]) && word[1] != '.';
}

static const struct option *option_find(const struct option *table, const char *name, size_t length)
{
    for (; table && table->name; table++) {
        if (strlen(table->name) == length && memcmp(table->name, name, length) == 0) {
            return table;
        }
    }
    return NULL;
}

/* The option that word names in the command's table or among the global ones; a long one takes two
 * dashes. */
static const struct option *option_of(const struct command *command, const char *word,
                                      const char **value)
{
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    const struct option *option = NULL;

    *value = equals ? equals + 1 : NULL;
    if (is_long != (length > 1)) {
        return NULL;
    }
    if (command) {
        option = option_find(command->options, name, length);
    }
    return option ? option : option_find(global_options, name, length);
}

static void nearest_option(const struct option *table, const char *name, struct nearest *nearest)
{
    (void)name;
    for (; table && table->name; table++) {
        if (table->name[1] != '\0') {
            nearest_offer(nearest, table->name);
        }
    }
}

static bool refuse_unknown(const struct command *command, const char *word, struct err *err)
{
    const char *name = word + (word[1] == '-' ? 2 : 1);
    char plain[64];
    struct nearest nearest;

    snprintf(plain, sizeof plain, "%.*s", (int)strcspn(name, "="), name);
    nearest_begin(&nearest, plain);
    if (command) {
        nearest_option(command->options, plain, &nearest);
    }
    nearest_option(global_options, plain, &nearest);
    if (nearest.best) {
        err_set(err, ERR_INVALID,
                SAY("没有选项 %s，是否指 --%s", "there is no option %s; did you mean --%s"), word,
                nearest.best);
    } else if (command) {
        err_set(
            err, ERR_INVALID,
            SAY("没有选项 %s，用法见 duban help %s", "there is no option %s; see duban help %s"),
            word, command->name);
    } else {
        err_set(err, ERR_INVALID,
                SAY("没有选项 %s，用法见 duban help", "there is no option %s; see duban help"),
                word);
    }
    return false;
}

/* The value of an option: after "=", or the next word. */
static bool option_value(const struct option *option, const char **value, int argc, char **argv,
                         int *at, struct err *err)
{
    const char *dashes = option->name[1] ? "--" : "-";

    if (!option->argument) {
        if (*value) {
            err_set(err, ERR_INVALID, SAY("选项 %s%s 不带值", "option %s%s takes no value"), dashes,
                    option->name);
            return false;
        }
        return true;
    }
    if (*value) {
        return true;
    }
    if (*at + 1 >= argc) {
        err_set(err, ERR_INVALID, SAY("选项 %s%s 缺少值 %s", "option %s%s needs its value %s"),
                dashes, option->name, option->argument);
        return false;
    }
    *value = argv[++*at];
    return true;
}

/* True when the option is a global one, which is then noted. */
static bool note_global(const struct option *option, const char *value, struct globals *globals)
{
    const char *name = option->name;

    if (option < global_options || option >= global_options + COUNT_OF(global_options)) {
        return false;
    }
    if (strcmp(name, "C") == 0) {
        globals->dir = value;
    } else if (strcmp(name, "office") == 0) {
        globals->office = value;
    } else if (strcmp(name, "json") == 0) {
        globals->is_json = true;
    } else if (strcmp(name, "version") == 0) {
        globals->wants_version = true;
    } else {
        globals->wants_help = true;
    }
    return true;
}

bool args_globals(int argc, char **argv, struct globals *globals, int *at, struct err *err)
{
    const struct option *option;
    const char *value;

    for (*at = 1; *at < argc && is_option(argv[*at]) && strcmp(argv[*at], "--") != 0; ++*at) {
        option = option_of(NULL, argv[*at], &value);
        if (!option) {
            return refuse_unknown(NULL, argv[*at], err);
        }
        if (!option_value(option, &value, argc, argv, at, err)) {
            return false;
        }
        note_global(option, value, globals);
    }
    return true;
}

static bool count_is_right(const struct args *args, struct err *err)
{
    const struct command *command = args->command;

    if (args->operand_count < command->operands_min) {
        err_set(err, ERR_INVALID, SAY("用法：duban %s %s", "usage: duban %s %s"), command->name,
                command->synopsis);
        return false;
    }
    if (args->operand_count > command->operands_max) {
        err_set(err, ERR_INVALID,
                SAY("多出的参数“%s”；用法：duban %s %s",
                    "one argument too many, \"%s\"; usage: duban %s %s"),
                args->operands[command->operands_max], command->name, command->synopsis);
        return false;
    }
    return true;
}

static bool take_option(struct args *args, int argc, char **argv, int *at, struct globals *globals,
                        struct err *err)
{
    const char *value;
    const struct option *option = option_of(args->command, argv[*at], &value);

    if (!option) {
        return refuse_unknown(args->command, argv[*at], err);
    }
    if (!option_value(option, &value, argc, argv, at, err)) {
        return false;
    }
    if (!note_global(option, value, globals)) {
        args->given[args->given_count++] = (struct given){option, value};
    }
    return true;
}

bool args_parse(const struct command *command, int argc, char **argv, struct args *args,
                struct globals *globals, struct err *err)
{
    bool takes_options = true;
    size_t room = (size_t)argc + 1;

    *args = (struct args){.command = command};
    args->operands = mem_array(room, sizeof *args->operands);
    args->given = mem_array(room, sizeof *args->given);
    for (int at = 0; at < argc; at++) {
        if (takes_options && strcmp(argv[at], "--") == 0) {
            takes_options = false;
        } else if (takes_options && is_option(argv[at])) {
            if (!take_option(args, argc, argv, &at, globals, err)) {
                args_clear(args);
                return false;
            }
        } else {
            args->operands[args->operand_count++] = argv[at];
            if (command->passes_after && args->operand_count >= command->passes_after) {
                takes_options = false;
            }
        }
    }
    if (!globals->wants_help && !count_is_right(args, err)) {
        args_clear(args);
        return false;
    }
    return true;
}

void args_clear(struct args *args)
{
    mem_free(args->operands);
    mem_free(args->given);
    *args = (struct args){0};
}

const char *args_get(const struct args *args, const char *name)
{
    const char *value = NULL;

    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            value = args->given[i].value;
        }
    }
    return value;
}

bool args_has(const struct args *args, const char *name)
{
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0) {
            return true;
        }
    }
    return false;
}

const char *args_value(const struct args *args, const char *name, size_t index)
{
    for (size_t i = 0; i < args->given_count; i++) {
        if (strcmp(args->given[i].option->name, name) == 0 && index-- == 0) {
            return args->given[i].value;
        }
    }
    return NULL;
}

const char *args_operand(const struct args *args, size_t index)
{
    return index < args->operand_count ? args->operands[index] : NULL;
}

static bool read_number(const char *text, int64_t *out, const char **rest)
{
    char *end = NULL;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (end == text || errno != 0) {
        return false;
    }
    *out = (int64_t)number;
    *rest = end;
    return true;
}

bool args_int(const struct args *args, const char *name, int64_t otherwise, int64_t *out,
              struct err *err)
{
    const char *text = args_get(args, name);
    const char *rest = "";

    if (!text) {
        *out = otherwise;
        return true;
    }
    if (!read_number(text, out, &rest) || *rest) {
        err_set(err, ERR_INVALID,
                SAY("--%s 应为整数，不是“%s”", "--%s takes a whole number, not \"%s\""), name,
                text);
        return false;
    }
    return true;
}

struct unit_of {
    const char *name;
    int64_t factor;
};

/* A positive number and its unit from a table that ends with a NULL name. */
static bool read_measure(const char *text, const struct unit_of *unit, int64_t most, int64_t *out)
{
    int64_t number;
    const char *rest;

    if (!read_number(text, &number, &rest) || number <= 0) {
        return false;
    }
    for (; unit->name; unit++) {
        if (strcmp(unit->name, rest) == 0 && number <= most / unit->factor) {
            *out = number * unit->factor;
            return true;
        }
    }
    return false;
}

bool args_duration(const char *text, int64_t *ms, struct err *err)
{
    static const struct unit_of units[] = {{"", 1000},   {"s", 1000},    {"ms", 1},
                                           {"m", 60000}, {"h", 3600000}, {NULL, 0}};

    if (!read_measure(text, units, INT64_C(864000000), ms)) {
        err_set(err, ERR_INVALID,
                SAY("“%s”不是时长，写法如 3s、250ms、2m",
                    "\"%s\" is no duration; write 3s, 250ms or 2m"),
                text);
        return false;
    }
    return true;
}

bool args_size(const char *text, int64_t *bytes, struct err *err)
{
    static const struct unit_of units[] = {
        {"", 1}, {"K", 1024}, {"M", 1048576}, {"G", 1073741824}, {NULL, 0}};

    if (!read_measure(text, units, INT64_C(1) << 40, bytes)) {
        err_set(
            err, ERR_INVALID,
            SAY("“%s”不是大小，写法如 64M、512K、1G", "\"%s\" is no size; write 64M, 512K or 1G"),
            text);
        return false;
    }
    return true;
}

bool args_field(const char *text, char **name, const char **value, struct err *err)
{
    const char *equals = strchr(text, '=');

    if (!equals || equals == text) {
        err_set(err, ERR_INVALID, SAY("“%s”应写成 字段=值", "\"%s\" should be written field=value"),
                text);
        return false;
    }
    *name = mem_text_n(text, (size_t)(equals - text));
    *value = equals + 1;
    return true;
}

const char *args_attached(const char *value)
{
    return value[0] == '@' && value[1] != '@' && value[1] != '\0' ? value + 1 : NULL;
}

const char *args_plain(const char *value)
{
    return value[0] == '@' && value[1] == '@' ? value + 1 : value;
}

enum outcome args_outcome(bool is_ok)
{
    return is_ok ? OUTCOME_DONE : OUTCOME_REFUSED;
}
