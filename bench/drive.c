/* Drives the keeper the way the benches need it and prints one JSON line of figures: the ratio to
   the floor is taken by bench/run.lua. drive COMMAND LIBRARY SITE [ARG…], COMMAND being open,
   ladder, single, tick, start or verify. Times are wall clock; CPU is read from /proc for the
   keeper and for every process it started. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/mem.h"
#include "casework/acts.h"
#include "casework/registry.h"
#include "casework/site.h"
#include "serve/keeper.h"
#include "serve/zygote.h"
#include "store/store.h"

struct rig {
    struct zygote *zygote;
    struct site *site;
    struct keeper *keeper;
    struct account account;
    struct person person;
    struct actor actor;
};

static bool rig_open(const char *library, const char *folder, struct rig *rig, struct err *err)
{
    const struct zygote_options options = {.library = library};

    if (!zygote_start(&options, &rig->zygote, err) ||
        !site_open(folder, library, STORE_WRITE, &rig->site, err) ||
        !keeper_open(rig->site, rig->zygote, &rig->keeper, err) ||
        !registry_account_current(rig->site, &rig->account, err) ||
        !registry_person_find(rig->site, rig->site->office_id, "P1", &rig->person, err)) {
        return false;
    }
    rig->actor.account_id = rig->account.account_id;
    rig->actor.recorder = rig->account.name;
    rig->actor.person_id = rig->person.person_id;
    rig->actor.person = rig->person.code;
    return true;
}

static void rig_close(struct rig *rig)
{
    keeper_close(rig->keeper);
    site_close(rig->site);
    zygote_stop(rig->zygote);
}

/* One number of /proc/PID/FILE after a label, or the nth field when label is NULL. */
static long proc_number(const char *pid, const char *file, const char *label, int field)
{
    char path[300], line[4096];
    long number = 0;
    FILE *in;

    (void)snprintf(path, sizeof path, "/proc/%s/%s", pid, file);
    in = fopen(path, "r");
    while (in && fgets(line, sizeof line, in)) {
        const char *at = label ? strstr(line, label) : strrchr(line, ')');

        if (at && label) {
            number = strtol(at + strlen(label), NULL, 10);
            break;
        }
        for (int i = 0; at && i < field; i++) {
            at = strchr(at + 1, ' ');
        }
        number = at ? strtol(at, NULL, 10) : 0;
    }
    if (in) {
        fclose(in);
    }
    return number;
}

struct usage {
    long keeper_ms;
    long others_ms;
    long pss_kb;
};

/* Everything in this process group: the keeper, the zygote and its workers. */
static void measure(struct usage *out)
{
    const long tick = sysconf(_SC_CLK_TCK);
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    *out = (struct usage){0};
    while (proc && (entry = readdir(proc))) {
        long pid = strtol(entry->d_name, NULL, 10);
        long spent;

        /* Fields of /proc/PID/stat after the name: 1 state, 2 parent, 3 group … 12 user, 13 system.
         */
        if (pid <= 0 || proc_number(entry->d_name, "stat", NULL, 3) != (long)getpgrp()) {
            continue;
        }
        spent = proc_number(entry->d_name, "stat", NULL, 12) +
                proc_number(entry->d_name, "stat", NULL, 13);
        out->pss_kb += proc_number(entry->d_name, "smaps_rollup", "Pss:", 0);
        if (pid == (long)getpid()) {
            out->keeper_ms = spent * 1000 / tick;
        } else {
            out->others_ms += spent * 1000 / tick;
        }
    }
    if (proc) {
        closedir(proc);
    }
}

/* A small generator of our own, so that a run repeats from its seed. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* open LIBRARY SITE COUNT DAYS SEED: COUNT cases whose start days spread over DAYS days: in the
   order of their ids when SEED is 0, else shuffled by it. They are decided once, so that every rung
   is armed. */
static bool open_cases(struct rig *rig, int argc, char **argv, struct err *err)
{
    int64_t count = argc > 0 ? strtoll(argv[0], NULL, 10) : 1000;
    int64_t days = argc > 1 ? strtoll(argv[1], NULL, 10) : 50;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    int64_t first = clock_day(site_now(rig->site));
    struct keeper_ticked ticked;
    struct buf records;
    bool ok = false;

    buf_init(&records, (size_t)1 << 30);
    for (int64_t done = 0; done < count;) {
        size_t batch = 0;

        buf_reset(&records);
        for (; batch < 10000 && done < count; batch++, done++) {
            int64_t spot =
                seed ? (int64_t)(next_random(&seed) % (uint64_t)days) : done * days / count;
            char day[12];

            clock_format_day(first + spot, day);
            codec_put_map(&records, 2);
            codec_put_text(&records, "matter");
            codec_put_text(&records, "清理超编进人问题并报送佐证");
            codec_put_text(&records, "starts");
            codec_put_text(&records, day);
        }
        if (!keeper_open_many(rig->keeper, &rig->actor, rig->site->office_id, "bench_ladder",
                              &records, batch, site_now(rig->site), err)) {
            goto done;
        }
    }
    ok = keeper_tick(rig->keeper, &rig->actor, 0, &ticked, err);
    printf("{\"opened\":%" PRId64 ",\"decided\":%" PRId64 "}\n", count, ticked.cases);
done:
    buf_clear(&records);
    return ok;
}

/* tick LIBRARY SITE UNTIL: walks the virtual clock and tells what it cost. */
static bool tick(struct rig *rig, int argc, char **argv, struct err *err)
{
    struct keeper_ticked ticked = {0};
    struct usage before, after;
    struct store_cost cost;
    int64_t until = 0, began;

    if (argc > 0 && !clock_parse_instant(argv[0], &until, err)) {
        return false;
    }
    measure(&before);
    store_cost(rig->site->store, &cost);
    began = clock_micros();
    if (!keeper_tick(rig->keeper, &rig->actor, until, &ticked, err)) {
        return false;
    }
    began = clock_micros() - began;
    store_cost(rig->site->store, &cost);
    measure(&after);
    printf("{\"seconds\":%.6f,\"cases\":%" PRId64 ",\"rows\":%" PRId64 ",\"messages\":%" PRId64
           ",\"waves\":%" PRId64 ",\"keeper_ms\":%ld,\"workers_ms\":%ld,\"pss_kb\":%ld"
           ",\"vm_steps\":%" PRId64 ",\"scan_steps\":%" PRId64 ",\"pages\":%" PRId64
           ",\"syncs\":%" PRId64 "}\n",
           (double)began / 1e6, ticked.cases, ticked.rows, ticked.messages, ticked.waves,
           after.keeper_ms - before.keeper_ms, after.others_ms - before.others_ms, after.pss_kb,
           cost.vm_steps, cost.full_scan_steps, cost.pages_read, cost.syncs);
    return true;
}

/* single LIBRARY SITE COUNT: one fact after the other, each durable before the next. The first
 * warms the worker. */
static bool single(struct rig *rig, int argc, char **argv, struct err *err)
{
    int64_t count = argc > 0 ? strtoll(argv[0], NULL, 10) : 1000;
    struct value *form = value_new_map();
    struct usage before, after;
    int64_t began = 0;
    bool ok = false;

    value_set_text(form, "text", "已电话核实");
    for (int64_t i = 0; i <= count; i++) {
        char number[64];
        struct keeper_fact fact = {
            .number = number, .fact = "remarked", .form = form, .occurred = KEEPER_NO_DAY};
        struct keeper_result result = {0};

        (void)snprintf(number, sizeof number, "430000-2025-CS-%04" PRId64, i + 1);
        if (!keeper_record(rig->keeper, &rig->actor, NULL, &fact, 1, &result, err)) {
            goto done;
        }
        if (!result.is_done) {
            *err = result.err;
            goto done;
        }
        if (i == 0) {
            measure(&before);
            began = clock_micros();
        }
    }
    began = clock_micros() - began;
    measure(&after);
    printf("{\"facts\":%" PRId64 ",\"seconds\":%.6f,\"keeper_ms\":%ld,\"workers_ms\":%ld}\n", count,
           (double)began / 1e6, after.keeper_ms - before.keeper_ms,
           after.others_ms - before.others_ms);
    ok = true;
done:
    value_free(form);
    return ok;
}

static bool verify(struct rig *rig, int argc, char **argv, struct err *err)
{
    const struct verify_options options = {0};
    struct verify_report report = {0};

    (void)argc;
    (void)argv;
    if (!keeper_verify(rig->keeper, NULL, &options, NULL, NULL, &report, err)) {
        return false;
    }
    printf("{\"cases\":%" PRId64 ",\"rows\":%" PRId64 ",\"seconds\":%.6f,\"clean\":%s}\n",
           report.cases, report.rows, (double)report.micros / 1e6,
           verify_is_clean(&report) ? "true" : "false");
    return true;
}

/* start LIBRARY: from here to the first answer of a worker, with no store and so no fsync. */
static bool start(const char *library, struct err *err)
{
    const struct zygote_options options = {.library = library};
    int64_t began = clock_micros();
    struct zygote *zygote = NULL;
    struct worker_link *link = NULL;
    struct buf request, reply;
    bool ok = false;

    buf_init(&request, 4096);
    buf_init(&reply, 1 << 20);
    codec_put_map(&request, 3);
    codec_put_text(&request, "budget");
    codec_put_text(&request, "5wd");
    codec_put_text(&request, "op");
    codec_put_text(&request, "due");
    codec_put_text(&request, "start");
    codec_put_text(&request, "2026-09-29");
    if (!zygote_start(&options, &zygote, err) || !zygote_fork(zygote, &WORKER_RULE, &link, err) ||
        !worker_send(link, &request, 0, err) ||
        !worker_receive(link, &reply, clock_steady() + 5000, err)) {
        goto done;
    }
    printf("{\"milliseconds\":%.3f}\n", (double)(clock_micros() - began) / 1e3);
    ok = true;
done:
    worker_end(link, NULL);
    zygote_stop(zygote);
    buf_clear(&request);
    buf_clear(&reply);
    return ok;
}

static const struct {
    const char *name;
    bool (*run)(struct rig *rig, int argc, char **argv, struct err *err);
} COMMANDS[] = {{"open", open_cases}, {"tick", tick}, {"single", single}, {"verify", verify}};

int main(int argc, char **argv)
{
    struct rig rig = {0};
    struct err err = {0};
    bool ok = false;

    if (argc < 3) {
        fprintf(stderr, "usage: drive COMMAND LIBRARY [SITE [ARG…]]\n");
        return 2;
    }
    (void)setpgid(0, 0);
    if (strcmp(argv[1], "start") == 0) {
        ok = start(argv[2], &err);
    } else if (argc > 3 && rig_open(argv[2], argv[3], &rig, &err)) {
        for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
            if (strcmp(argv[1], COMMANDS[i].name) == 0) {
                ok = COMMANDS[i].run(&rig, argc - 4, argv + 4, &err);
            }
        }
    }
    rig_close(&rig);
    if (!ok) {
        fprintf(stderr, "drive: %s\n", err.text);
    }
    return ok ? 0 : 1;
}
