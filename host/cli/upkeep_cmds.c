/* Proof, copies and help: what keeps a site trustworthy and its command line known. */
#include "cli/upkeep_cmds.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/backup.h"
#include "casework/upgrade.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/house.h"
#include "serve/keeper.h"
#include "serve/verify.h"

/* ---- verify ---- */

struct findings {
    struct house *house;
    struct value *list;
};

static void note_finding(void *context, const char *number, const char *sentence)
{
    struct findings *findings = context;
    struct value *map = value_new_map();

    value_set_text(map, "number", number);
    value_set_text(map, "text", sentence);
    value_push(findings->list, map);
    out_print(&findings->house->out, "%s%s%s\n", number ? number : "",
              number ? SAY("：", ": ") : "", sentence);
}

static void tell_report(struct house *house, const struct verify_report *report)
{
    const struct out *out = &house->out;

    out_print(out,
              SAY("事项 %lld，行 %lld，重算 %lld，审计 %lld，用时 %.1f 秒\n",
                  "%lld cases, %lld rows, %lld folded again, %lld audit rows, %.1f s\n"),
              (long long)report->cases, (long long)report->rows, (long long)report->refolded,
              (long long)report->audit_rows, (double)report->micros / 1e6);
    if (report->destroyed > 0) {
        out_print(
            out,
            SAY("依法销毁内容 %lld 行，所在事项只核对链\n",
                "%lld bodies were lawfully destroyed; their cases are verified by chain only\n"),
            (long long)report->destroyed);
    }
    out_print(out, SAY("链头 %s\n", "heads %s\n"), report->heads);
    if (verify_is_clean(report)) {
        out_paint(out, PAINT_GREEN, "%s", SAY("全部相符", "everything agrees"));
        out_print(out, "\n");
    }
}

static void report_document(struct house *house, const struct verify_report *report,
                            struct value *list)
{
    struct value *map = value_new_map();

    value_set_bool(map, "clean", verify_is_clean(report));
    value_set_int(map, "cases", report->cases);
    value_set_int(map, "rows", report->rows);
    value_set_int(map, "destroyed", report->destroyed);
    value_set_int(map, "refolded", report->refolded);
    value_set_int(map, "chain_broken", report->chain_broken);
    value_set_int(map, "fold_differs", report->fold_differs);
    value_set_int(map, "audit_rows", report->audit_rows);
    value_set_int(map, "audit_broken", report->audit_broken);
    value_set_int(map, "store_faults", report->store_faults);
    value_set_int(map, "micros", report->micros);
    value_set_text(map, "heads", report->heads);
    value_set(map, "findings", list);
    out_document(&house->out, map);
}

/* Verifies the site that is open; false also when something differs, with err saying how much. */
static bool verify_site(struct house *house, bool has_checkpoint, struct err *err)
{
    struct verify_report report = {0};
    struct verify_options options = {.checkpoint = has_checkpoint};
    struct findings findings = {house, value_new_list()};
    long long wrong;

    if (!keeper_verify(house->keeper, has_checkpoint ? &house->actor : NULL, &options, note_finding,
                       &findings, &report, err)) {
        value_free(findings.list);
        return false;
    }
    tell_report(house, &report);
    report_document(house, &report, findings.list);
    wrong = report.chain_broken + report.fold_differs + report.audit_broken + report.store_faults;
    if (!verify_is_clean(&report)) {
        err_set(err, ERR_CONFLICT,
                SAY("核对发现 %lld 处不符，请勿继续办理，保留现场并与最近的备份比对",
                    "verify found %lld differences; stop working, keep the files and compare with "
                    "the last backup"),
                wrong);
        return false;
    }
    return true;
}

static enum outcome verify_run(struct house *house, const struct args *args, struct err *err)
{
    bool has_checkpoint = args_has(args, "checkpoint");
    bool is_open = has_checkpoint ? house_write(house, args, err)
                                  : house_start(house, err) && house_read(house, err);

    return args_outcome(is_open && verify_site(house, has_checkpoint, err));
}

static const struct option verify_options[] = {
    {"checkpoint", NULL, "在审计链中写一个检查点", "write a checkpoint into the audit chain"},
    {NULL, NULL, NULL, NULL},
};

/* ---- backup and restore ---- */

struct copying {
    struct site *site;
    const char *path;
    bool is_fresh; /* the key was not used before */
};

static bool prepare(void *context, struct buf *result, struct value **body, struct err *err)
{
    struct copying *copying = context;

    (void)body;
    copying->is_fresh = true;
    buf_add_text(result, copying->path);
    return backup_prepare(copying->site, copying->path, err);
}

/* The act comes first, so that the copy tells of itself; who repeats it under its key has it copied
   again unless the file is there. */
static bool back_up(struct house *house, const char *path, struct err *err)
{
    struct copying copying = {.site = house->site, .path = path};
    struct act act;
    struct buf result;
    bool ok;

    buf_init(&result, ACTS_RESULT_LIMIT);
    house_act(house, "backup", path, NULL, &act);
    ok = act_run(house->site, &act, prepare, &copying, &result, err) &&
         ((!copying.is_fresh && file_is_there(path)) || backup_write(house->site, path, err));
    buf_clear(&result);
    return ok;
}

static enum outcome backup_run(struct house *house, const struct args *args, struct err *err)
{
    const char *path = args_operand(args, 0);
    struct value *map;

    if (!house_write(house, args, err) || !back_up(house, path, err)) {
        return OUTCOME_REFUSED;
    }
    out_print(&house->out, SAY("备份已写入并核对：%s\n", "the backup is written and checked: %s\n"),
              path);
    map = out_map(&house->out);
    if (map) {
        value_set_text(map, "file", path);
    }
    return OUTCOME_DONE;
}

static enum outcome restore_run(struct house *house, const struct args *args, struct err *err)
{
    struct backup_way way = {.file = args_operand(args, 0),
                             .folder = args_operand(args, 1),
                             .is_rehearsal = args_has(args, "rehearsal")};
    struct restoring *restoring = NULL;
    struct err late = {0};
    bool ok;

    if (!house_library(house, err)) {
        return OUTCOME_REFUSED;
    }
    way.library = house->library;
    if (!backup_begin(&way, &restoring, err)) {
        return OUTCOME_REFUSED;
    }
    house->globals.dir = backup_folder(restoring);
    house->globals.office = NULL;
    ok = house_start(house, err) && house_read(house, err) && verify_site(house, false, err);
    house_leave(house);
    if (!ok) {
        err_add(err, SAY("%s 未通过核对，没有恢复", "%s did not pass verify; nothing is restored"),
                way.file);
    }
    if (!backup_end(restoring, ok, &late)) {
        *err = late;
        ok = false;
    }
    if (ok) {
        out_print(&house->out, SAY("已恢复到 %s\n", "restored to %s\n"), way.folder);
    }
    return args_outcome(ok);
}

static const struct option restore_options[] = {
    {"rehearsal", NULL, "恢复为演练站点（虚拟时钟，不外发）",
     "as a rehearsal: a virtual clock, nothing is sent"},
    {NULL, NULL, NULL, NULL},
};

/* ---- upgrade ---- */

static enum outcome upgrade_run(struct house *house, const struct args *args, struct err *err)
{
    struct upgrade *upgrade = NULL;
    struct err late = {0};
    char *backup = NULL;
    bool ok;

    (void)args;
    if (!house_library(house, err) ||
        !upgrade_begin(house->globals.dir, house->library, &upgrade, err)) {
        return OUTCOME_REFUSED;
    }
    if (!upgrade) {
        out_print(&house->out, "%s\n",
                  SAY("数据库已是本版本的结构，无需升级。",
                      "The database has the schema of this release already."));
        return OUTCOME_DONE;
    }
    backup = mem_text(upgrade_backup(upgrade));
    out_print(&house->out, SAY("升级前的备份：%s\n", "backup before the upgrade: %s\n"), backup);
    house->globals.dir = upgrade_folder(upgrade);
    house->globals.office = NULL;
    ok = house_start(house, err) && house_read(house, err) && verify_site(house, false, err);
    house_leave(house);
    if (!ok) {
        err_add(err, "%s",
                SAY("升级后的副本未通过核对，站点保持原样",
                    "the upgraded copy did not pass verify; the site is as it was"));
    }
    if (!upgrade_end(upgrade, ok, &late)) {
        *err = late;
        ok = false;
    }
    if (ok) {
        out_print(&house->out, "%s\n", SAY("升级完成。", "The site is upgraded."));
    }
    mem_free(backup);
    return args_outcome(ok);
}

/* ---- version and help ---- */

void upkeep_print_version(const struct out *out)
{
    fputs("duban " CLI_VERSION "\n", out->stream);
}

static enum outcome version_run(struct house *house, const struct args *args, struct err *err)
{
    struct value *map = out_map(&house->out);

    (void)args;
    (void)err;
    if (map) {
        value_set_text(map, "version", CLI_VERSION);
    } else {
        upkeep_print_version(&house->out);
    }
    return OUTCOME_DONE;
}

static enum outcome help_run(struct house *house, const struct args *args, struct err *err)
{
    const char *first = args_operand(args, 0);
    const struct command *command;
    FILE *stream = house->out.stream;
    size_t words;

    if (args_has(args, "man")) {
        help_man(stream);
    } else if (args_has(args, "bash")) {
        help_bash(stream);
    } else if (!first) {
        help_all(stream);
    } else {
        command = command_find(first, args_operand(args, 1), &words);
        if (!command && !help_words(stream, first)) {
            return args_refuse(err,
                               SAY("没有命令“%s”，命令表见 duban help",
                                   "there is no command \"%s\"; see duban help"),
                               first);
        }
        if (command) {
            help_command(stream, command);
        }
    }
    return OUTCOME_DONE;
}

static const struct option help_options[] = {
    {"man", NULL, "输出手册页（roff）", "the man page as roff"},
    {"bash", NULL, "输出 bash 补全脚本", "a completion script for bash"},
    {NULL, NULL, NULL, NULL},
};

const struct command upkeep_commands[] = {
    {"verify", "[--checkpoint]", "核对：链、重算、完整性", "chains, folding again, integrity",
     verify_options, 0, 0, 0, verify_run, REACH_HERE},
    {"backup", "FILE", "在线备份到一个文件", "copy the site into one file", NULL, 1, 1, 0,
     backup_run, REACH_OWNER},
    {"restore", "FILE DIR [--rehearsal]", "从备份恢复并核对",
     "make a site out of a backup, proven by verify", restore_options, 2, 2, 0, restore_run,
     REACH_HERE},
    {"upgrade", "", "升级数据库：备份、迁移、核对，不成则保持原样",
     "backs up, migrates and verifies; all or nothing", NULL, 0, 0, 0, upgrade_run, REACH_HERE},
    {"version", "", "版本", "the version of duban", NULL, 0, 0, 0, version_run, REACH_HERE},
    {"help", "[COMMAND] [--man | --bash]", "帮助、手册页、补全", "help, the man page, completion",
     help_options, 0, 2, 0, help_run, REACH_HERE},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, REACH_SITE},
};
