/* Beside a running `duban serve` a command is its words and the files they name. Files are read
   here, with the rights of whoever typed the command; the other side opens nothing. */
#include "cli/forward.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/local.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "base/value.h"
#include "cli/form.h"
#include "serve/errand.h"

bool forward_reaches(const struct house *house, const struct performance *performance, int *socket)
{
    struct err unsaid = {0};
    char *path;
    bool is_there;

    if (performance->command->reach == REACH_HERE) {
        return false;
    }
    path = file_join(house->globals.dir, ERRAND_SOCKET);
    is_there = local_connect(path, socket, &unsaid);
    mem_free(path);
    return is_there;
}

static bool add_file(struct value *files, size_t *total, const char *path, struct err *err)
{
    struct buf bytes;
    bool ok;

    buf_init(&bytes, ERRAND_FILES_MAX + 1);
    ok = file_read(path, ERRAND_FILES_MAX, &bytes, err);
    *total += bytes.length;
    if (ok && *total > ERRAND_FILES_MAX) {
        err_set(err, ERR_INVALID, "%s",
                SAY("随命令送出的文件合计超过 64 MB",
                    "the files of a command are over 64 MB together"));
        ok = false;
    }
    if (ok) {
        value_set(files, path, value_new_string(buf_text(&bytes), bytes.length));
    }
    buf_clear(&bytes);
    return ok;
}

static bool is_file_operand(enum reach reach, size_t at)
{
    return reach == REACH_ALL || (reach == REACH_FIRST && at == 0) ||
           (reach == REACH_SECOND && at == 1);
}

static bool is_file_option(const struct option *option)
{
    return option->argument && option->name[1] &&
           (strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "CSV") == 0);
}

/* "field=@FILE", in a command that reads a form. */
static const char *attached_to(const struct args *args, const char *operand)
{
    for (const struct option *option = args->command->options; option && option->name; option++) {
        if (strcmp(option->name, "input") == 0 && form_is_field(operand)) {
            return args_attached(strchr(operand, '=') + 1);
        }
    }
    return NULL;
}

static bool add_files(const struct args *args, struct value *files, struct err *err)
{
    size_t total = 0;

    for (size_t i = 0; i < args->operand_count; i++) {
        const char *operand = args_operand(args, i);
        const char *path =
            is_file_operand(args->command->reach, i) ? operand : attached_to(args, operand);

        if (path && !value_get(files, path) && !add_file(files, &total, path, err)) {
            return false;
        }
    }
    for (size_t i = 0; i < args->given_count; i++) {
        const struct given *given = &args->given[i];

        if (is_file_option(given->option) && !value_get(files, given->value) &&
            !add_file(files, &total, given->value, err)) {
            return false;
        }
    }
    return true;
}

/* A word of argv; an operand that is a path of this machine is said from the root. */
static struct value *word_of(const struct args *args, const char *word)
{
    struct value *value;
    char *here;
    char *path;

    for (size_t i = 0; args->command->reach == REACH_OWNER && i < args->operand_count; i++) {
        if (args_operand(args, i) == word && word[0] != '/') {
            here = realpath(".", NULL);
            path = here ? file_join(here, word) : NULL;
            value = value_new_text(path ? path : word);
            mem_free(path);
            mem_free(here); /* realpath takes it from malloc, as mem does */
            return value;
        }
    }
    return value_new_text(word);
}

static struct value *make_errand(const struct house *house, const struct performance *performance,
                                 int argc, char **argv, struct value *files)
{
    struct value *errand = value_new_map();
    struct value *words = value_new_list();

    for (int i = 1; i < argc; i++) {
        value_push(words, word_of(&performance->args, argv[i]));
    }
    value_set(errand, "argv", words);
    value_set(errand, "files", files);
    value_set_text(errand, "lang", house->lang);
    value_set_int(errand, "columns", (int64_t)house->out.display.columns);
    value_set_bool(errand, "colour", house->out.display.has_colour);
    return errand;
}

/* The file that -o named, which was made at the other end. */
static bool write_file(const struct value *answer, const char *path, struct err *err)
{
    const struct value *file = value_get(answer, "file");

    return !file || !path || file_write(path, value_text(file), value_length(file), 0600, err);
}

static enum outcome show(const struct house *house, const struct buf *bytes, const char *path,
                         struct err *err)
{
    struct value *answer = NULL;
    const struct value *out;
    const struct value *errors;
    struct codec_in in;
    int64_t code = OUTCOME_REFUSED;

    codec_begin(&in, bytes->bytes, bytes->length);
    if (!codec_get_value(&in, &answer) || !codec_is_done(&in)) {
        err_set(err, ERR_INTERNAL, "%s",
                SAY("duban serve 的答复无法读取", "the answer of duban serve cannot be read"));
    } else if (write_file(answer, path, err)) {
        code = value_get_int(answer, "code", OUTCOME_REFUSED);
        out = value_get(answer, "out");
        errors = value_get(answer, "err");
        fwrite(value_text(out) ? value_text(out) : "", 1, value_length(out), house->out.stream);
        fflush(house->out.stream);
        fwrite(value_text(errors) ? value_text(errors) : "", 1, value_length(errors),
               house->out.errors);
        if (ferror(house->out.stream) && code == OUTCOME_DONE) {
            err_set(err, ERR_INTERNAL, "%s",
                    SAY("无法写标准输出", "standard output cannot be written"));
            code = OUTCOME_REFUSED;
        }
    }
    value_free(answer);
    return code == OUTCOME_DONE || code == OUTCOME_USAGE ? (enum outcome)code : OUTCOME_REFUSED;
}

/* What was sent may have been done although no answer came. */
static void say_silence(struct err *err)
{
    err_set(err, ERR_BUSY, "%s",
            SAY("duban serve 未及答复就断开了，是否已办理请查看案件；带 --key 的命令可以直接重发",
                "duban serve ended before it answered; look whether it was done (with --key the "
                "same command may be sent again)"));
}

static enum outcome converse(const struct house *house, const struct value *errand, int socket,
                             const char *path, struct err *err)
{
    enum outcome outcome = OUTCOME_REFUSED;
    struct err sending = {0};
    struct err unsaid = {0};
    struct buf bytes;

    buf_init(&bytes, ERRAND_MAX + PIPE_FRAME_MAX);
    codec_put_value(&bytes, errand);
    if (bytes.is_over || bytes.length > ERRAND_MAX) {
        err_set(err, ERR_INVALID, "%s", SAY("命令过长", "the command is too long"));
        goto done;
    }
    /* Whoever turned us away may have said why before we were through. */
    if (!pipe_send_up_to(socket, bytes.bytes, bytes.length, ERRAND_MAX, &sending) &&
        sending.kind != ERR_MISSING) {
        *err = sending;
        goto done;
    }
    if (!pipe_receive(socket, &bytes, ERRAND_MAX + PIPE_FRAME_MAX, 0, &unsaid)) {
        say_silence(err);
        goto done;
    }
    outcome = show(house, &bytes, path, err);
done:
    buf_clear(&bytes);
    return outcome;
}

enum outcome forward_words(const struct house *house, const struct performance *performance,
                           int socket, int argc, char **argv, struct err *err)
{
    enum outcome outcome = OUTCOME_REFUSED;
    struct value *files = value_new_map();
    struct value *errand = NULL;

    if (add_files(&performance->args, files, err)) {
        errand = make_errand(house, performance, argc, argv, files);
        files = NULL;
        outcome = converse(house, errand, socket, args_get(&performance->args, "o"), err);
    }
    value_free(errand);
    value_free(files);
    close(socket);
    return outcome;
}
