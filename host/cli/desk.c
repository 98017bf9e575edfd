/* A visit is one command of somebody else: words taken out of hostile bytes, a guest's house,
   streams that are memory. Nothing of a visit outlives it, so the next one finds the house as it
   was. */
#include "cli/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/buf.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/value.h"
#include "casework/registry.h"
#include "cli/faces.h"
#include "cli/fact.h"
#include "cli/handlers.h"
#include "cli/perform.h"
#include "serve/errand.h"
#include "serve/keeper.h"
#include "store/look.h"

#define GROUP 256 /* facts recorded together */
#define USERS 64  /* whose names are remembered */
#define WORDS_MAX 100000

struct visit {
    struct errand *errand;
    struct house house;
    struct value *words; /* the errand as a tree; argv points into it */
    char **argv;
    int argc;
    struct performance performance;
    struct err err;
    enum outcome outcome;
    FILE *streams[2]; /* standard output and error, into texts */
    char *texts[2];
    size_t lengths[2];
    struct fact_turn turn; /* of a fact that is recorded with others */
};

struct user {
    int64_t uid;
    char name[REGISTRY_CODE];
    bool is_known;
};

struct desk {
    struct house *house;
    struct faces faces; /* as long as nothing but cases is written, and of one day */
    int64_t day;
    struct user users[USERS]; /* by uid; a name costs reading a file */
    struct visit *visits[RECEPTION_MAX];
    struct visit *group[GROUP];
    struct keeper_entry entries[GROUP];
    size_t count;
    char lang[4]; /* of the group */
    char *stage;  /* where files that are asked for are made, one after the other */
};

struct desk *desk_new(struct house *house)
{
    struct desk *desk = mem_new(sizeof *desk);

    desk->house = house;
    desk->stage = file_join(house->globals.dir, ".answer");
    return desk;
}

void desk_free(struct desk *desk)
{
    if (desk) {
        mem_free(desk->stage);
    }
    mem_free(desk);
}

/* ---- one visit ---- */

static const char *name_of(struct desk *desk, int64_t uid, struct err *err)
{
    struct user *user = &desk->users[(uint64_t)uid % USERS];

    if (!user->is_known || user->uid != uid) {
        user->is_known = registry_os_name(uid, user->name, err);
        user->uid = uid;
    }
    return user->is_known ? user->name : NULL;
}

static const char *language_of(const struct value *words)
{
    const char *lang = value_get_text(words, "lang");

    return lang && strcmp(lang, "zh") == 0 ? "zh" : "en";
}

/* argv out of the tree: texts without NUL, and the program in front. */
static bool take_words(struct visit *visit)
{
    const struct value *list = value_get(visit->words, "argv");
    size_t count = value_count(list);

    if (value_kind(list) != VALUE_LIST || count > WORDS_MAX) {
        return false;
    }
    visit->argv = mem_array(count + 2, sizeof *visit->argv);
    visit->argv[visit->argc++] = mem_text("duban");
    for (size_t i = 0; i < count; i++) {
        const char *text = value_text(value_at(list, i));

        if (!text || strlen(text) != value_length(value_at(list, i))) {
            return false;
        }
        visit->argv[visit->argc++] = mem_text(text);
    }
    return true;
}

static bool read_errand(struct visit *visit)
{
    struct codec_in in;

    codec_begin(&in, visit->errand->bytes, visit->errand->length);
    if (codec_get_value(&in, &visit->words) && codec_is_done(&in) &&
        value_kind(visit->words) == VALUE_MAP && take_words(visit)) {
        return true;
    }
    err_set(&visit->err, ERR_INVALID, "%s",
            SAY("这不是一条 duban 命令", "this is no command of duban"));
    return false;
}

/* Who has no account is told so before anything is looked at; what only the owner of the files may
   is refused to others. */
static bool admit(struct desk *desk, struct visit *visit)
{
    const struct command *command = visit->performance.command;

    visit->house.os_user = name_of(desk, visit->errand->uid, &visit->err);
    if (!visit->house.os_user || !house_account(&visit->house, &visit->err)) {
        return false;
    }
    if (command && command->reach == REACH_HERE) {
        err_set(&visit->err, ERR_DENIED,
                SAY("%s 不能经由 duban serve 办理", "%s is not done through duban serve"),
                command->name);
        return false;
    }
    if (command && command->reach == REACH_OWNER && visit->errand->uid != (int64_t)geteuid() &&
        visit->errand->uid != 0) {
        err_set(&visit->err, ERR_DENIED,
                SAY("%s 只能由站点文件的属主办理", "%s is for the owner of the site's files"),
                command->name);
        return false;
    }
    return true;
}

static void begin(struct desk *desk, struct visit *visit, struct errand *errand)
{
    struct display display = {0};
    int64_t columns;

    *visit = (struct visit){.errand = errand, .outcome = OUTCOME_REFUSED};
    for (size_t i = 0; i < COUNT_OF(visit->streams); i++) {
        visit->streams[i] = open_memstream(&visit->texts[i], &visit->lengths[i]);
    }
    if (!visit->streams[0] || !visit->streams[1]) {
        err_set(&visit->err, ERR_INTERNAL, "%s", SAY("内存不足", "out of memory"));
        return;
    }
    if (!read_errand(visit)) {
        return;
    }
    text_speak(language_of(visit->words));
    columns = value_get_int(visit->words, "columns", 80);
    display.columns = columns >= 40 && columns < 10000 ? (size_t)columns : 80;
    display.has_colour = value_get_bool(visit->words, "colour");
    house_lend(desk->house, &visit->house);
    out_begin(&visit->house.out, &display, visit->streams[0], visit->streams[1]);
    visit->house.out.stage = desk->stage;
    visit->house.faces = &desk->faces;
    visit->house.files = value_get(visit->words, "files");
    perform_read(&visit->house, visit->argc, visit->argv, &visit->performance, &visit->err);
    visit->house.globals.dir = desk->house->globals.dir; /* whatever -C said */
    visit->outcome = visit->performance.outcome;
    if (!admit(desk, visit)) {
        visit->performance.command = NULL;
        visit->outcome = OUTCOME_REFUSED;
    }
}

/* The file that was asked for leaves with the answer. */
static void take_file(struct visit *visit, struct buf *bytes)
{
    const char *staged = visit->house.out.staged;

    if (!staged) {
        return;
    }
    if (visit->outcome == OUTCOME_DONE &&
        !file_read(staged, ERRAND_ANSWER_MAX, bytes, &visit->err)) {
        visit->outcome = OUTCOME_REFUSED;
    }
    (void)unlink(staged);
}

/* The reply is filled, and the visit forgotten. */
static void end(struct desk *desk, struct visit *visit)
{
    struct buf file;

    if (store_is_in_transaction(desk->house->site->store)) {
        log_warn("%s left a transaction open",
                 visit->performance.command ? visit->performance.command->name : "?");
        store_rollback(desk->house->site->store);
    }
    buf_init(&file, ERRAND_ANSWER_MAX + 1);
    take_file(visit, &file);
    if (visit->outcome != OUTCOME_DONE && visit->streams[1]) {
        perform_complain(visit->streams[1], &visit->err);
    }
    for (size_t i = 0; i < COUNT_OF(visit->streams); i++) {
        if (visit->streams[i]) {
            (void)fclose(visit->streams[i]); /* memory does not fail to be written to the end */
        }
    }
    errand_put_answer(
        visit->errand->reply,
        &(struct errand_answer){.code = (int)visit->outcome,
                                .out = visit->texts[0] ? visit->texts[0] : "",
                                .out_length = visit->lengths[0],
                                .errors = visit->texts[1] ? visit->texts[1] : "",
                                .errors_length = visit->lengths[1],
                                .file = visit->outcome == OUTCOME_DONE && visit->house.out.staged
                                            ? buf_text(&file)
                                            : NULL,
                                .file_length = file.length});
    buf_clear(&file);
    mem_free(visit->texts[0]); /* open_memstream takes them from malloc, as mem does */
    mem_free(visit->texts[1]);
    perform_clear(&visit->performance);
    if (visit->house.is_guest) {
        house_end(&visit->house);
    }
    for (int i = 0; i < visit->argc; i++) {
        mem_free(visit->argv[i]);
    }
    mem_free(visit->argv);
    value_free(visit->words);
    mem_free(visit);
}

/* ---- facts that are recorded together ---- */

/* Those that could not even begin are through already. */
static size_t begin_facts(struct desk *desk)
{
    size_t count = 0;

    for (size_t i = 0; i < desk->count; i++) {
        struct visit *visit = desk->group[i];

        visit->outcome =
            fact_begin(&visit->turn, &visit->house, &visit->performance.args, &visit->err);
        if (visit->outcome == OUTCOME_DONE) {
            desk->entries[count++] = (struct keeper_entry){.actor = &visit->house.actor,
                                                           .key = visit->house.key,
                                                           .fact = visit->turn.rows.facts,
                                                           .result = visit->turn.results};
        }
    }
    return count;
}

/* When the world failed, what is not committed has no reason of its own. */
static void tell_fact(struct visit *visit, bool ok, const struct err *why)
{
    bool has_begun = visit->outcome == OUTCOME_DONE;

    if (has_begun && !ok && !visit->turn.results[0].is_done &&
        visit->turn.results[0].err.kind == ERR_NONE) {
        visit->turn.results[0].err = *why;
    }
    if (has_begun) {
        visit->outcome = args_outcome(fact_tell(&visit->turn, &visit->err));
    }
    fact_end(&visit->turn);
    visit->outcome = perform_finish(&visit->house, visit->outcome, &visit->err);
}

static void flush(struct desk *desk)
{
    struct store *store = desk->house->site->store;
    struct store_look look;
    struct err why = {0};
    size_t count;
    bool ok;

    if (desk->count == 0) {
        return;
    }
    text_speak(desk->lang);
    look = store_look(store);
    count = begin_facts(desk);
    store_looked(store, &look);
    ok = count == 0 || keeper_record_each(desk->house->keeper, desk->entries, count, &why);
    look = store_look(store);
    for (size_t i = 0; i < desk->count; i++) {
        tell_fact(desk->group[i], ok, &why);
    }
    store_looked(store, &look);
    for (size_t i = 0; i < desk->count; i++) {
        struct visit *visit = desk->group[i];

        if (visit->outcome == OUTCOME_REFUSED) { /* no look is open any more: it is written */
            perform_denied(&visit->house, &visit->performance, &visit->err);
        }
        end(desk, visit);
    }
    desk->count = 0;
}

static bool joins(const struct desk *desk, const struct visit *visit)
{
    return desk->count < GROUP && (desk->count == 0 || strcmp(desk->lang, visit->house.lang) == 0);
}

static void join(struct desk *desk, struct visit *visit)
{
    if (!joins(desk, visit)) {
        flush(desk);
    }
    (void)snprintf(desk->lang, sizeof desk->lang, "%s", visit->house.lang);
    desk->group[desk->count++] = visit;
}

static void take_turn(struct desk *desk, struct visit *visit)
{
    const struct performance *performance = &visit->performance;

    if (performance->command && performance->command->handler == fact_handler &&
        fact_is_single(&performance->args)) {
        join(desk, visit);
        return;
    }
    flush(desk);
    if (performance->command) {
        text_speak(visit->house.lang);
        visit->outcome = perform_run(&visit->house, performance, &visit->err);
        faces_forget(&desk->faces);
    }
    end(desk, visit);
}

void desk_answer(void *context, struct errand *errands, size_t count)
{
    struct desk *desk = context;
    struct store *store = desk->house->site->store;
    struct store_look look = store_look(store);
    int64_t today = clock_day(site_now(desk->house->site));

    if (today != desk->day || !keeper_is_quiet(desk->house->keeper)) {
        faces_forget(&desk->faces);
        desk->day = today;
    }
    for (size_t i = 0; i < count; i++) {
        desk->visits[i] = mem_new(sizeof *desk->visits[i]);
        begin(desk, desk->visits[i], &errands[i]);
    }
    store_looked(store, &look);
    for (size_t i = 0; i < count; i++) {
        take_turn(desk, desk->visits[i]);
    }
    flush(desk);
    text_speak(desk->house->lang); /* what falls due is told in the language of the house */
}
