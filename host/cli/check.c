/* Checking takes two rounds: first each script says what it is, then each is held against all the
   others, because an `open` names the fields of another script. */
#include "cli/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "casework/rights.h"
#include "cli/ask.h"
#include "cli/check_channels.h"
#include "cli/check_templates.h"
#include "cli/opened.h"
#include "serve/gateway.h"

struct checking {
    struct house *house;
    struct sources *sources;
    struct check_report *report;
    struct value *others;    /* map: id to ABOUT */
    struct value *roles;     /* map: name to title */
    struct value *templates; /* map: name to true */
};

static struct value *request_for(const struct source *source, const char *op)
{
    struct value *request = value_new_map();

    value_set_text(request, "op", op);
    value_set_text(request, "kind", source->kind);
    value_set_text(request, "name", source->name);
    value_set_text(request, "source", source->text);
    value_set(request, "modules", value_copy(source->modules));
    value_set(request, "settings", value_new_map());
    value_set_int(request, "opens_at", 540);
    return request;
}

/* Findings name the script by its chunk name; people want the path they typed. */
static void add_finding(struct check_report *report, const struct source *source,
                        const struct value *finding)
{
    struct value *copy = value_copy(finding);
    const char *file = value_get_text(finding, "file");
    const char *level = value_get_text(finding, "level");

    if (!file || strcmp(file, source->name) == 0) {
        value_set_text(copy, "file", source->path);
    }
    if (level && strcmp(level, "warning") == 0) {
        report->warnings++;
    } else {
        report->errors++;
    }
    value_push(report->findings, copy);
}

/* The line a worker says it stood at, as "name:line: text"; moves text behind it. 1 without one. */
static int64_t take_line(const struct source *source, const char **text)
{
    size_t length = strlen(source->name);
    char *end = NULL;
    long line;

    if (strncmp(*text, source->name, length) != 0 || (*text)[length] != ':') {
        return 1;
    }
    line = strtol(*text + length + 1, &end, 10);
    if (line < 1 || strncmp(end, ": ", 2) != 0) {
        return 1;
    }
    *text = end + 2;
    return line;
}

static void add_sentence(struct check_report *report, const struct source *source,
                         const char *level, const char *text)
{
    struct value *finding = value_new_map();
    int64_t line = take_line(source, &text);

    value_set_text(finding, "level", level);
    value_set_text(finding, "text", text);
    value_set_int(finding, "line", line);
    value_set_int(finding, "column", 1);
    add_finding(report, source, finding);
    value_free(finding);
}

/* An example that fails in several places has a row for each; it counts once. */
static void add_examples(struct check_report *report, const struct source *source,
                         const struct value *examples)
{
    const char *title = "";
    bool has_failed = false;

    for (size_t i = 0; i < value_count(examples); i++) {
        struct value *copy = value_copy(value_at(examples, i));
        const char *here = value_get_text(copy, "title");
        bool is_ok = value_get_bool(copy, "ok");

        if (!here || i == 0 || strcmp(here, title) != 0) {
            report->examples_run++;
            has_failed = false;
        }
        report->examples_failed += !is_ok && !has_failed ? 1 : 0;
        has_failed = has_failed || !is_ok;
        title = here ? here : "";
        value_set_text(copy, "file", source->path);
        value_push(report->examples, copy);
    }
}

static void add_reply(struct check_report *report, const struct source *source,
                      const struct value *reply)
{
    const struct value *findings = value_get(reply, "findings");

    for (size_t i = 0; i < value_count(findings); i++) {
        add_finding(report, source, value_at(findings, i));
    }
    add_examples(report, source, value_get(reply, "examples"));
}

/* A worker that the script ended is the script's fault; anything else is the world's. */
static bool ask_about(struct checking *checking, struct source *source, const struct value *request,
                      struct value **reply, struct err *err)
{
    struct err why = {0};

    *reply = NULL;
    if (ask_worker(checking->house, request, reply, &why)) {
        return true;
    }
    if (why.kind != ERR_INVALID && why.kind != ERR_TIMEOUT && why.kind != ERR_MISSING) {
        *err = why;
        return false;
    }
    source->is_stopped = true;
    if (!source->is_extra) {
        add_sentence(checking->report, source, "error", why.text);
    }
    return true;
}

static bool learn(struct checking *checking, struct source *source, struct err *err)
{
    struct value *request = request_for(source, "load");
    struct value *reply = NULL;
    const struct value *about;
    const char *id;
    bool ok = ask_calendar(checking->house, request, NULL, err) &&
              ask_about(checking, source, request, &reply, err);

    about = value_get(reply, "about");
    id = value_get_text(about, "id");
    if (ok && id) {
        source->about = value_copy(about);
        if (!value_get(checking->others, id)) {
            value_set(checking->others, id, value_copy(about));
        }
    }
    value_free(request);
    value_free(reply);
    return ok;
}

/* Examples tell dates, so they run under the script's own settings: what an office sets must not
   keep it from publishing a corrected script. */
static bool examine(struct checking *checking, struct source *source, struct err *err)
{
    struct value *request = request_for(source, "check");
    struct value *reply = NULL;
    bool ok = ask_calendar(checking->house, request, NULL, err);

    value_set(request, "others", value_copy(checking->others));
    value_set(request, "roles", value_copy(checking->roles));
    value_set(request, "templates", value_copy(checking->templates));
    ok = ok && ask_about(checking, source, request, &reply, err);
    if (ok && reply) {
        add_reply(checking->report, source, reply);
    }
    value_free(request);
    value_free(reply);
    return ok;
}

static bool is_channel(const struct source *source)
{
    return strcmp(source->kind, "channel") == 0;
}

/* The request that the script made of the trial message: shown, and built as it would be sent. */
static void look_at_request(struct checking *checking, const struct source *source,
                            const struct value *reply, const char *name, const struct value *conf)
{
    struct value *preview = value_new_map();
    struct err why = {0};

    if (!value_get(reply, "tree")) {
        value_free(preview);
        return;
    }
    if (!check_channel_request(reply, conf, &why)) {
        add_sentence(checking->report, source, "error", why.text);
    }
    value_set_text(preview, "file", source->path);
    value_set_text(preview, "channel", name);
    value_set_text(preview, "text", value_get_text(reply, "preview"));
    value_push(checking->report->previews, preview);
}

static bool examine_as(struct checking *checking, struct source *source, const char *name,
                       const struct value *conf, struct err *err)
{
    struct value *request = request_for(source, "check");
    struct value *reply = NULL;
    bool ok;

    value_set_text(request, "lang", checking->house->lang);
    if (conf) {
        value_set(request, "conf", gateway_conf(name, conf));
    }
    ok = ask_about(checking, source, request, &reply, err);
    if (ok && reply) {
        add_reply(checking->report, source, reply);
        look_at_request(checking, source, reply, name, conf);
    }
    value_free(request);
    value_free(reply);
    return ok;
}

/* As each channel of the site that uses it; else with settings made up. */
static bool examine_channel(struct checking *checking, struct source *source, struct err *err)
{
    struct value *users = check_channel_users(checking->house, source->name);
    size_t count = value_count(users);
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++) {
        ok = examine_as(checking, source, value_key_at(users, i), value_at(users, i), err);
    }
    if (count == 0) {
        ok = examine_as(checking, source, NULL, NULL, err);
    }
    value_free(users);
    return ok;
}

/* The ids of what is checked here: published together, they are there for each other. */
static struct value *ids_of(const struct sources *sources)
{
    struct value *ids = value_new_map();

    for (size_t i = 0; i < sources->count; i++) {
        const char *id = value_get_text(sources->items[i].about, "id");

        if (id && !sources->items[i].is_extra) {
            value_set_bool(ids, id, true);
        }
    }
    return ids;
}

/* The file before this one that has the same id; NULL without one. */
static const char *twin_of(const struct sources *sources, size_t at)
{
    const char *id = value_get_text(sources->items[at].about, "id");

    for (size_t i = 0; i < at && id; i++) {
        const char *other = value_get_text(sources->items[i].about, "id");

        if (!sources->items[i].is_extra && other && strcmp(other, id) == 0) {
            return sources->items[i].path;
        }
    }
    return NULL;
}

/* What no script can know of itself: two of one id, and what is opened but not in use. */
static void warn_around(struct checking *checking)
{
    struct sources *sources = checking->sources;
    struct value *ids = ids_of(sources);

    for (size_t i = 0; i < sources->count; i++) {
        const struct source *source = &sources->items[i];
        const char *twin = source->is_extra ? NULL : twin_of(sources, i);
        struct buf text;

        buf_init(&text, 4096);
        if (twin) {
            buf_add_format(&text,
                           SAY("代号 %s 与 %s 相同，先后发布时后者替换前者",
                               "the id %s is that of %s too; published, this one replaces it"),
                           value_get_text(source->about, "id"), twin);
            add_sentence(checking->report, source, "warning", buf_text(&text));
            buf_reset(&text);
        }
        if (!source->is_extra && opened_missing(checking->house, source->about, ids, &text)) {
            add_sentence(checking->report, source, "warning", buf_text(&text));
        }
        buf_clear(&text);
    }
    value_free(ids);
}

/* What is wrong in the templates the scripts name; the finding stands in the template's file. */
static void look_at_templates(struct checking *checking)
{
    struct value *seen = value_new_map();
    struct value *findings = value_new_list();

    for (size_t i = 0; i < checking->sources->count; i++) {
        if (!checking->sources->items[i].is_extra) {
            check_templates(checking->house, checking->sources->items[i].about, seen, findings);
        }
    }
    for (size_t i = 0; i < value_count(findings); i++) {
        value_push(checking->report->findings, value_copy(value_at(findings, i)));
        checking->report->errors++;
    }
    value_free(findings);
    value_free(seen);
}

/* Outside of a site the house's own names are known. */
static struct value *role_names(const struct house *house)
{
    static const struct site nowhere;

    return rights_roles(house->site ? house->site : &nowhere);
}

bool check_sources(struct house *house, struct sources *sources, struct check_report *report,
                   struct err *err)
{
    struct checking checking = {.house = house, .sources = sources, .report = report};
    bool ok;

    *report = (struct check_report){
        .findings = value_new_list(), .previews = value_new_list(), .examples = value_new_list()};
    checking.others = value_new_map();
    checking.roles = role_names(house);
    ok = sources_templates(house, &checking.templates, err);
    for (size_t i = 0; ok && i < sources->count; i++) {
        ok = is_channel(&sources->items[i]) || learn(&checking, &sources->items[i], err);
    }
    for (size_t i = 0; ok && i < sources->count; i++) {
        struct source *source = &sources->items[i];

        ok = source->is_extra || source->is_stopped ||
             (is_channel(source) ? examine_channel(&checking, source, err)
                                 : examine(&checking, source, err));
    }
    if (ok) {
        warn_around(&checking);
        look_at_templates(&checking);
    }
    value_free(checking.others);
    value_free(checking.roles);
    value_free(checking.templates);
    return ok;
}

void check_clear(struct check_report *report)
{
    value_free(report->findings);
    value_free(report->previews);
    value_free(report->examples);
    *report = (struct check_report){0};
}

static void show_finding(const struct out *out, const struct value *finding)
{
    const char *level = value_get_text(finding, "level");
    bool is_warning = level && strcmp(level, "warning") == 0;
    const char *text = value_get_text(finding, "text");

    out_print(out, "%s:%lld:%lld: ", value_get_text(finding, "file"),
              (long long)value_get_int(finding, "line", 1),
              (long long)value_get_int(finding, "column", 1));
    if (is_warning) {
        out_paint(out, PAINT_YELLOW, "%s", SAY("提醒：", "warning: "));
    }
    out_print(out, "%s\n", text ? text : "");
}

void check_show_warnings(struct house *house, const struct check_report *report)
{
    for (size_t i = 0; i < value_count(report->findings); i++) {
        const char *level = value_get_text(value_at(report->findings, i), "level");

        if (level && strcmp(level, "warning") == 0) {
            show_finding(&house->out, value_at(report->findings, i));
        }
    }
}

static void show_example(const struct out *out, const struct value *example)
{
    bool is_ok = value_get_bool(example, "ok");
    const char *title = value_get_text(example, "title");
    const char *text = value_get_text(example, "text");

    out_print(out, "%s:%lld: ", value_get_text(example, "file"),
              (long long)value_get_int(example, "line", 1));
    out_paint(out, is_ok ? PAINT_GREEN : PAINT_RED, "%s",
              is_ok ? SAY("通过", "passed") : SAY("未通过", "failed"));
    out_print(out, SAY(" 示例“%s”", " example \"%s\""), title ? title : "");
    out_print(out, "%s%s\n", !is_ok && text ? SAY("：", ": ") : "", !is_ok && text ? text : "");
}

static void show_preview(const struct out *out, const struct value *preview)
{
    const char *channel = value_get_text(preview, "channel");
    const char *text = value_get_text(preview, "text");

    out_print(out, "%s: ", value_get_text(preview, "file"));
    if (channel) {
        out_print(out, SAY("渠道 %s 试一条消息，", "a trial message through %s; "), channel);
    } else {
        out_print(out, "%s",
                  SAY("用假设的设置试一条消息，", "a trial message, its settings made up; "));
    }
    out_print(out, SAY("密钥写作 «名称»：\n\n%s\n\n", "secrets are shown as «name»:\n\n%s\n\n"),
              text ? text : "");
}

static void document(struct house *house, const struct check_report *report, size_t files)
{
    struct value *map = value_new_map();

    value_set_bool(map, "ok", report->errors == 0 && report->examples_failed == 0);
    value_set_int(map, "files", (int64_t)files);
    value_set_int(map, "errors", (int64_t)report->errors);
    value_set_int(map, "warnings", (int64_t)report->warnings);
    value_set_int(map, "examples_run", (int64_t)report->examples_run);
    value_set_int(map, "examples_failed", (int64_t)report->examples_failed);
    value_set(map, "findings", value_copy(report->findings));
    if (value_count(report->previews)) {
        value_set(map, "previews", value_copy(report->previews));
    }
    value_set(map, "examples", value_copy(report->examples));
    out_document(&house->out, map);
}

void check_show(struct house *house, const struct sources *sources,
                const struct check_report *report)
{
    const struct out *out = &house->out;
    size_t files = 0;

    for (size_t i = 0; i < sources->count; i++) {
        files += sources->items[i].is_extra ? 0 : 1;
    }
    for (size_t i = 0; i < value_count(report->findings); i++) {
        show_finding(out, value_at(report->findings, i));
    }
    for (size_t i = 0; i < value_count(report->previews); i++) {
        show_preview(out, value_at(report->previews, i));
    }
    for (size_t i = 0; i < value_count(report->examples); i++) {
        show_example(out, value_at(report->examples, i));
    }
    out_print(out,
              SAY("%zu 个文件，%zu 处错误，%zu 处提醒，示例 %zu 个，未通过 %zu 个\n",
                  "files: %zu, errors: %zu, warnings: %zu, examples: %zu, failed: %zu\n"),
              files, report->errors, report->warnings, report->examples_run,
              report->examples_failed);
    document(house, report, files);
}
