/* Looks a site over. Each finding says what is wrong and what to do; facts that are in order are
 * one line each. */
#include "cli/doctor.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/doctor_site.h"
#include "cli/house.h"
#include "cli/wrap.h"
#include "script/confine.h"
#include "serve/worker.h"

void doctor_note(struct examination *exam, enum doctor_level level, const char *text,
                 const char *remedy)
{
    static const char *const names[] = {"ok", "warning", "error"};
    static const enum paint paints[] = {PAINT_GREEN, PAINT_YELLOW, PAINT_RED};
    const struct out *out = &exam->house->out;
    struct value *map = value_new_map();
    const char *const marks[] = {SAY("正常", "fine"), SAY("提醒", "note"), SAY("问题", "wrong")};
    struct buf line;

    exam->levels[level]++;
    value_set_text(map, "level", names[level]);
    value_set_text(map, "text", text);
    value_set_text(map, "remedy", remedy);
    value_push(exam->findings, map);
    buf_init(&line, 4096);
    buf_add_format(&line, "%s%s%s", text, remedy ? SAY("；", "; ") : "", remedy ? remedy : "");
    out_paint(out, paints[level], "%s", marks[level]);
    out_print(out, "  ");
    wrap_rest(out, text_width(marks[level]) + 2, buf_text(&line));
    buf_clear(&line);
}

static void look_at_limits(struct examination *exam)
{
    struct {
        const char *name;
        const struct worker_limits *limits;
    } kinds[] = {{SAY("规则", "rules"), &WORKER_RULE}, {SAY("作业", "jobs"), &WORKER_JOB}};
    char text[256];

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct worker_limits *limits = kinds[i].limits;

        snprintf(
            text, sizeof text,
            SAY("脚本限额（%s）：CPU %lld 毫秒，总时 %lld 毫秒，内存 %zu MB，输出 %zu MB",
                "limits of scripts (%s): CPU %lld ms, wall %lld ms, memory %zu MB, output %zu MB"),
            kinds[i].name, (long long)limits->cpu_ms, (long long)limits->wall_ms,
            limits->memory >> 20, limits->output >> 20);
        doctor_note(exam, DOCTOR_FINE, text, NULL);
    }
}

static void look_at_confinement(struct examination *exam)
{
    struct err why = {0};

    if (!confine_is_available(&why)) {
        doctor_note(
            exam, DOCTOR_WRONG, why.text,
            SAY("请换用支持 seccomp 的内核；仅在确有必要时于配置中写 confinement = \"allow_none\"",
                "use a kernel with seccomp; only if it must be, write confinement = "
                "\"allow_none\""));
    } else {
        doctor_note(exam, DOCTOR_FINE, SAY("脚本进程可以隔离", "scripts can be confined"), NULL);
    }
    if (exam->house->site && !exam->house->site->conf.is_confinement_required) {
        doctor_note(exam, DOCTOR_NOTE,
                    SAY("配置允许不隔离运行脚本", "the configuration lets scripts run unconfined"),
                    SAY("建议改回 confinement = \"require\"", "write confinement = \"require\""));
    }
}

#define LIBRARY_LINE 68 /* what a line of 80 columns holds behind its mark */

/* One library more, on a line of its own when this one is full. */
static void add_library(struct examination *exam, struct buf *text, const char *name)
{
    size_t length = strcspn(name, "\n");

    if (text_width(buf_text(text)) + length > LIBRARY_LINE) {
        doctor_note(exam, DOCTOR_FINE, buf_text(text), NULL);
        buf_reset(text);
    }
    buf_add_format(text, "%s%.*s", text->length ? ", " : "", (int)length, name);
}

/* The shared libraries this process has mapped, by their file names. */
static void look_at_libraries(struct examination *exam)
{
    static const char *const wanted[] = {"libsqlite3", "liblua5", "libcrypto", "libjansson"};
    bool is_seen[COUNT_OF(wanted)] = {false};
    struct buf text;
    char line[1024];
    FILE *maps = fopen("/proc/self/maps", "r");

    buf_init(&text, 1024);
    buf_add_format(&text, "duban %s", CLI_VERSION);
    while (maps && fgets(line, sizeof line, maps)) {
        const char *name = strrchr(line, '/');

        for (size_t i = 0; name && i < COUNT_OF(wanted); i++) {
            if (!is_seen[i] && strncmp(name + 1, wanted[i], strlen(wanted[i])) == 0) {
                is_seen[i] = true;
                add_library(exam, &text, name + 1);
            }
        }
    }
    if (maps) {
        fclose(maps);
    }
    doctor_note(exam, DOCTOR_FINE, buf_text(&text), NULL);
    buf_reset(&text);
    doctor_sqlite(exam, &text);
    if (text.length) {
        doctor_note(exam, DOCTOR_FINE, buf_text(&text), NULL);
    }
    buf_clear(&text);
}

static void look_at_disk(struct examination *exam)
{
    struct statvfs disk;
    struct stat file = {0};
    char *path = file_join(exam->house->globals.dir, SITE_DATABASE);
    char text[256];
    long long free_mb;
    bool is_little;

    if (statvfs(exam->house->globals.dir, &disk) == 0 && stat(path, &file) == 0) {
        free_mb = (long long)((double)disk.f_bavail * (double)disk.f_frsize / 1048576.0);
        is_little = free_mb < 1024 || free_mb < (long long)file.st_size / 1048576 * 3;
        snprintf(text, sizeof text,
                 SAY("数据库 %lld MB，磁盘可用 %lld MB", "database %lld MB, free on disk %lld MB"),
                 (long long)file.st_size / 1048576, free_mb);
        doctor_note(exam, is_little ? DOCTOR_NOTE : DOCTOR_FINE, text,
                    is_little
                        ? SAY("请清理磁盘，备份与恢复需要三倍空间",
                              "free some space: backup and restore need three times the database")
                        : NULL);
        if ((file.st_mode & 077) != 0) {
            doctor_note(
                exam, DOCTOR_WRONG,
                SAY("其他用户可以读写数据库文件", "other users can reach the database file"),
                SAY("请执行 chmod 600 duban.db", "run chmod 600 duban.db"));
        }
    }
    mem_free(path);
}

enum outcome doctor_run(struct house *house, const struct args *args, struct err *err)
{
    struct examination exam = {.house = house, .findings = value_new_list()};
    bool ok = true;

    (void)args;
    look_at_limits(&exam);
    if (house_has_site(house)) {
        ok = house_read(house, err);
    } else {
        doctor_note(
            &exam, DOCTOR_NOTE,
            SAY("此处不是站点，只检查程序本身", "this is no site; only the program is examined"),
            SAY("用 -C 指定站点，或用 duban init 新建",
                "name it with -C, or make one with duban init"));
    }
    if (ok) {
        look_at_libraries(&exam);
        look_at_confinement(&exam);
        if (house->site) {
            look_at_disk(&exam);
            ok = doctor_site(&exam, err);
        }
    }
    if (ok) {
        out_document(&house->out, exam.findings);
    } else {
        value_free(exam.findings);
    }
    return args_outcome(ok && exam.levels[DOCTOR_WRONG] == 0);
}
