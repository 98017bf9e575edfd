/* Scripts on their way into use: checked, published as drafts, approved by another hand, listed. */
#include "cli/version_cmds.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/acts.h"
#include "casework/publish.h"
#include "casework/registry.h"
#include "casework/versions.h"
#include "cli/check.h"
#include "cli/command.h"
#include "cli/form.h"
#include "cli/house.h"
#include "cli/right.h"
#include "cli/sources.h"
#include "cli/table.h"

/* ---- check ---- */

/* The files named, or all of the site; the others of site and library are there to be checked
 * against. */
static bool gather(struct house *house, const struct args *args, struct sources *sources,
                   struct err *err)
{
    bool has_site = house_has_site(house);

    for (size_t i = 0; i < args->operand_count; i++) {
        if (!sources_add(house, sources, args_operand(args, i), false, err)) {
            return false;
        }
    }
    if (has_site &&
        !sources_add_folder(house, sources, house->globals.dir, args->operand_count > 0, err)) {
        return false;
    }
    if (sources->count == 0 && !has_site) {
        err_set(err, ERR_MISSING, "%s",
                SAY("此处不是站点，请写明要检查的文件或用 -C 指定站点",
                    "this is no site; name the files to check, or the site with -C"));
        return false;
    }
    return sources_add_folder(house, sources, house->library, true, err);
}

static enum outcome check_run(struct house *house, const struct args *args, struct err *err)
{
    struct sources sources = {0};
    struct check_report report = {0};
    bool ok = house_start(house, err) && (!house_has_site(house) || house_read(house, err)) &&
              gather(house, args, &sources, err) && check_sources(house, &sources, &report, err);

    if (ok) {
        check_show(house, &sources, &report);
        ok = report.errors == 0 && report.examples_failed == 0;
    }
    check_clear(&report);
    sources_clear(&sources);
    return args_outcome(ok);
}

/* ---- publish ---- */

struct publishing {
    struct house *house;
    const struct sources *sources;
    const char *note;
    const char *approve_by; /* NULL: stays a draft */
};

/* The script under "main" and its modules under the names they are required by. */
static bool store_version(struct publishing *work, const struct source *source, int64_t *id,
                          char hash[static DIGEST_HEX], struct err *err)
{
    size_t count = 1 + value_count(source->modules);
    struct version_file *files = mem_array(count, sizeof *files);
    const char *code = value_get_text(source->about, "code");
    struct version_content content = {.kind = source->kind,
                                      .workflow = value_get_text(source->about, "id"),
                                      .title = value_get_text(source->about, "title"),
                                      .code = code ? code : "",
                                      .files = files,
                                      .file_count = count,
                                      .about = source->about};
    bool ok;

    files[0] = (struct version_file){VERSIONS_MAIN, source->text, strlen(source->text)};
    for (size_t i = 1; i < count; i++) {
        const struct value *text = value_at(source->modules, i - 1);

        files[i] = (struct version_file){value_key_at(source->modules, i - 1), value_text(text),
                                         value_length(text)};
    }
    ok = version_store(work->house->site, &content, id, hash, err);
    mem_free(files);
    return ok;
}

/* The number of the version in use under this id; 0 without one. */
static int64_t number_in_force(struct house *house, const char *id)
{
    struct activation activation;
    struct err unsaid = {0};
    int64_t number;

    if (!id || !activation_active(house->site, house->office_id, id, &activation, &unsaid)) {
        return 0;
    }
    number = activation.number;
    activation_clear(&activation);
    return number;
}

static bool publish_one(struct publishing *work, const struct source *source, struct value *list,
                        struct err *err)
{
    struct house *house = work->house;
    struct activation activation;
    struct value *map;
    char hash[DIGEST_HEX];
    char id[32];
    int64_t version_id;
    int64_t draft;
    int64_t before = number_in_force(house, value_get_text(source->about, "id"));

    if (!store_version(work, source, &version_id, hash, err) ||
        !activation_draft(house->site, house->office_id, version_id, &house->actor, work->note,
                          &draft, err) ||
        (work->approve_by && !activation_approve_by(house->site, draft, work->approve_by, err)) ||
        !activation_get(house->site, draft, &activation, err)) {
        err_add(err, "%s", source->path);
        return false;
    }
    snprintf(id, sizeof id, "V%lld", (long long)draft);
    map = value_new_map();
    value_set_text(map, "id", id);
    value_set_text(map, "workflow", activation.workflow);
    value_set_text(map, "title", activation.title);
    value_set_int(map, "number", activation.number);
    value_set_text(map, "status", activation.status);
    value_set_text(map, "hash", hash);
    if (before) {
        value_set_int(map, "replaces", before);
    }
    value_push(list, map);
    activation_clear(&activation);
    return true;
}

static bool publish_all(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct publishing *work = context;

    *body = value_new_map();
    value_set(*body, "versions", value_new_list());
    for (size_t i = 0; i < work->sources->count; i++) {
        struct value *list = value_new_list();
        bool ok;

        if (work->sources->items[i].is_extra) {
            value_free(list);
            continue;
        }
        ok = publish_one(work, &work->sources->items[i], list, err);
        if (ok) {
            buf_add_text(result, result->length ? "," : "[");
            json_write(value_at(list, 0), result);
        }
        value_free(list);
        if (!ok) {
            return false;
        }
    }
    buf_add_text(result, "]");
    value_free(*body);
    *body = NULL;
    return json_parse(buf_text(result), result->length, body, err);
}

static void tell_published(struct house *house, const struct value *list)
{
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *map = value_at(list, i);
        bool is_active = strcmp(value_get_text(map, "status"), "active") == 0;
        long long before = (long long)value_get_int(map, "replaces", 0);
        char replaces[80] = "";

        if (before) {
            snprintf(replaces, sizeof replaces,
                     is_active
                         ? SAY("，替换第 %lld 版", ", it replaces number %lld")
                         : SAY("，批准后替换第 %lld 版", ", approved it replaces number %lld"),
                     before);
        }
        out_print(&house->out,
                  is_active ? SAY("%s %s 第 %lld 版已启用%s\n", "%s %s number %lld is in use%s\n")
                            : SAY("%s %s 第 %lld 版待审批%s\n",
                                  "%s %s number %lld waits for approval%s\n"),
                  value_get_text(map, "id"), value_get_text(map, "workflow"),
                  (long long)value_get_int(map, "number", 0), replaces);
    }
}

/* What makes two publishings the same under one --key. */
static struct value *content_of(const struct sources *sources, const char *note)
{
    struct value *content = value_new_map();

    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->items[i];

        if (!source->is_extra) {
            struct value *map = value_new_map();

            value_set_text(map, "text", source->text);
            value_set(map, "modules", value_copy(source->modules));
            value_set(content, source->name, map);
        }
    }
    value_set_text(content, "note", note);
    return content;
}

static bool publish(struct house *house, const struct sources *sources, const struct args *args,
                    struct err *err)
{
    struct publishing work = {.house = house,
                              .sources = sources,
                              .note = args_get(args, "note") ? args_get(args, "note") : "",
                              .approve_by = args_get(args, "approve-by")};
    struct value *content = content_of(sources, work.note);
    struct value *list = NULL;
    struct buf result;
    struct act act;
    bool ok;

    buf_init(&result, ACTS_RESULT_LIMIT);
    house_act(house, "publish", sources->items[0].name, content, &act);
    ok = act_run(house->site, &act, publish_all, &work, &result, err) &&
         json_parse(buf_text(&result), result.length, &list, err);
    if (ok) {
        tell_published(house, list);
        out_document(&house->out, list);
    }
    buf_clear(&result);
    value_free(content);
    return ok;
}

/* A check that fails prints its findings: they are the answer then. */
static bool is_good(struct house *house, struct sources *sources, struct err *err)
{
    struct check_report report = {0};
    bool ok = check_sources(house, sources, &report, err);

    if (ok && (report.errors > 0 || report.examples_failed > 0)) {
        check_show(house, sources, &report);
        err_set(err, ERR_INVALID,
                SAY("%zu 处错误、%zu 个示例未通过，未发布；改正后再发布",
                    "%zu errors and %zu failed examples: nothing is published; correct them first"),
                report.errors, report.examples_failed);
        ok = false;
    } else if (ok) {
        check_show_warnings(house, &report);
    }
    check_clear(&report);
    return ok;
}

/* The script of a channel speaks for the site, not for a case: it is used as it stands there. */
static bool refuse_channels(const struct sources *sources, struct err *err)
{
    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->items[i];

        if (!source->is_extra && strcmp(source->kind, "channel") == 0) {
            err_set(
                err, ERR_INVALID,
                SAY("%s 是渠道脚本，不用发布：放在站点的 channels/ 里，由 duban.conf.lua 的 "
                    "script 指明",
                    "%s is the script of a channel and is not published: it stands in channels/ "
                    "of the site and duban.conf.lua names it"),
                source->path);
            return false;
        }
    }
    return true;
}

static enum outcome publish_run(struct house *house, const struct args *args, struct err *err)
{
    struct sources sources = {0};
    const char *note = args_get(args, "note");
    bool ok = house_write(house, args, err) && right_administers(house, err) &&
              (!note || form_refuse_classified(house, NULL, note, SAY("说明", "the note"), err)) &&
              gather(house, args, &sources, err) && refuse_channels(&sources, err) &&
              is_good(house, &sources, err) && publish(house, &sources, args, err);

    sources_clear(&sources);
    return args_outcome(ok);
}

/* ---- versions ---- */

static const struct column version_columns[] = {
    {"id", "编号", "id", 0, false},         {"workflow", "程序", "workflow", 0, false},
    {"title", "名称", "title", 30, false},  {"number", "版次", "number", 0, true},
    {"status", "状态", "status", 0, false}, {"hash", "内容", "content", 0, false},
    {"author", "起草", "author", 0, false}, {"approver", "审批", "approver", 0, false},
    {"created_at", "时间", "at", 0, false}, {"note", "说明", "note", 30, false},
    {NULL, NULL, NULL, 0, false},
};

/* The account's name, a fresh text; "" for 0. */
static bool account_name(struct house *house, int64_t id, char **name, struct err *err)
{
    struct account account;

    if (id == 0) {
        *name = mem_text("");
        return true;
    }
    if (!registry_account(house->site, id, &account, err)) {
        return false;
    }
    *name = mem_text(account.name);
    return true;
}

static const char *status_word(const char *status)
{
    static const char *const words[][3] = {
        {"draft", "待审批", "draft"},
        {"active", "启用", "active"},
        {"retired", "停用", "retired"},
        {"rejected", "未通过", "rejected"},
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strcmp(words[i][0], status) == 0) {
            return SAY(words[i][1], words[i][2]);
        }
    }
    return status;
}

static bool version_row(struct house *house, int64_t id, struct table *table, struct err *err)
{
    struct activation activation;
    char *author = NULL;
    char *approver = NULL;
    char *hash = NULL;
    char text[32];
    bool ok;

    if (!activation_get(house->site, id, &activation, err)) {
        return false;
    }
    ok = account_name(house, activation.author_id, &author, err) &&
         account_name(house, activation.approver_id, &approver, err);
    if (ok) {
        hash = mem_text_n(activation.hash, 12);
        snprintf(text, sizeof text, "V%lld", (long long)id);
        table_text(table, text);
        table_text(table, activation.workflow);
        table_text(table, activation.title);
        table_int(table, activation.number);
        table_word(table, strcmp(activation.status, "active") == 0 ? PAINT_GREEN : PAINT_NONE,
                   status_word(activation.status), activation.status);
        table_word(table, PAINT_NONE, hash, activation.hash);
        table_text(table, author);
        table_text(table, approver);
        table_instant(table, activation.created_at);
        table_text(table, activation.note);
    }
    mem_free(hash);
    mem_free(author);
    mem_free(approver);
    activation_clear(&activation);
    return ok;
}

static enum outcome versions_run(struct house *house, const struct args *args, struct err *err)
{
    const char *workflow = args_operand(args, 0);
    struct table *table = table_new(version_columns);
    int64_t *ids = NULL;
    size_t count = 0;
    bool ok = house_read(house, err) &&
              activation_list(house->site, house->office_id, workflow, NULL, &ids, &count, err);

    for (size_t i = 0; ok && i < count; i++) {
        ok = version_row(house, ids[i], table, err);
    }
    if (ok && workflow && count == 0) {
        err_set(err, ERR_MISSING,
                SAY("本机关没有程序“%s”的版本，可用 duban versions 查看",
                    "this office has no version of \"%s\"; see duban versions"),
                workflow);
        ok = false;
    }
    if (ok) {
        table_show(table, &house->out, SAY("还没有发布过版本", "nothing is published yet"));
    }
    mem_free(ids);
    table_free(table);
    return args_outcome(ok);
}

static const struct option publish_options[] = {
    {"note", "TEXT", "修改说明", "what changed"},
    {"approve-by", "ACCOUNT", "由该账户审批（仅演练站点）",
     "approved by that account (rehearsal sites only)"},
    OPTION_BY,
    OPTION_KEY,
    {NULL, NULL, NULL, NULL},
};

const struct command version_commands[] = {
    {"check", "[FILE…]", "检查脚本：结构、可达、示例、模板",
     "check scripts: schema, reachability, examples, templates", NULL, 0, OPERANDS_ANY, 0,
     check_run, REACH_ALL},
    {"publish", "FILE… [--note TEXT] [--approve-by ACCOUNT]", "检查并提交为待审批版本",
     "check and leave a draft version for approval", publish_options, 1, OPERANDS_ANY, 0,
     publish_run, REACH_ALL},
    {"versions", "[WORKFLOW]", "版本历史", "the history of versions", NULL, 0, 1, 0, versions_run,
     REACH_SITE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
