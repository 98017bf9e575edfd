/* One worker, one question. Checking is given more time than a rule has, because every example
 * runs. */
#include "cli/ask.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "casework/calendars.h"
#include "serve/zygote.h"

#define SHIPPED "shipped"

/* The worker's own clock, which knows the line, comes before the one on the wall, which does not.
 */
static const struct worker_limits limits = {.cpu_ms = ASK_CPU_MS,
                                            .wall_ms = ASK_TIME_MS,
                                            .memory = (size_t)128 << 20,
                                            .output = PIPE_FRAME_MAX};

static bool exchange(struct worker_link *link, const struct buf *request, struct buf *reply,
                     struct err *err)
{
    int64_t deadline = clock_steady() + ASK_TIME_MS;

    return worker_send(link, request, deadline, err) && worker_receive(link, reply, deadline, err);
}

/* The worker's last sentence is better than what the pipe says about it. */
static void tell_end(const struct worker_end *how, struct err *err)
{
    if (how->fate != WORKER_FAULT || !how->text[0]) {
        return;
    }
    if (how->file[0] && how->line > 0) {
        err_set(err, ERR_INVALID, "%s:%d: %s", how->file, how->line, how->text);
    } else {
        err_set(err, ERR_INVALID, "%s", how->text);
    }
}

static bool decode(const struct buf *bytes, struct value **out, struct err *err)
{
    struct codec_in in;
    struct value *value = NULL;

    codec_begin(&in, buf_text(bytes), bytes->length);
    if (!codec_get_value(&in, &value) || !codec_is_done(&in) || value_kind(value) != VALUE_MAP) {
        value_free(value);
        err_set(err, ERR_INTERNAL, "%s",
                SAY("工作进程的回答无法读取", "the worker's answer cannot be read"));
        return false;
    }
    *out = value;
    return true;
}

bool ask_worker(struct house *house, const struct value *request, struct value **reply,
                struct err *err)
{
    struct worker_link *link = NULL;
    struct worker_end how = {0};
    struct buf bytes;
    struct buf answer;
    bool ok = false;

    buf_init(&bytes, PIPE_FRAME_MAX);
    buf_init(&answer, PIPE_FRAME_MAX);
    codec_put_value(&bytes, request);
    if (bytes.is_over) {
        err_set(err, ERR_INVALID, "%s",
                SAY("脚本合计超过 16 MB", "the scripts are over 16 MB together"));
    } else if (house_start(house, err) && zygote_fork(house->zygote, &limits, &link, err)) {
        ok = exchange(link, &bytes, &answer, err);
        worker_end(link, &how);
        if (!ok) {
            tell_end(&how, err);
        }
        ok = ok && decode(&answer, reply, err);
    }
    buf_clear(&bytes);
    buf_clear(&answer);
    return ok;
}

static bool read_year(const char *path, struct value *years, struct err *err)
{
    struct buf bytes;
    struct value *year = NULL;
    char key[24];
    int64_t number;
    bool ok;

    buf_init(&bytes, CALENDARS_FILE_LIMIT + 1);
    ok = file_read(path, CALENDARS_FILE_LIMIT, &bytes, err) &&
         calendar_read_year(path, buf_text(&bytes), bytes.length, &number, &year, err);
    if (ok) {
        snprintf(key, sizeof key, "%lld", (long long)number);
        value_set(years, key, year);
    }
    buf_clear(&bytes);
    return ok;
}

static bool read_shipped(struct house *house, struct value **years, struct err *err)
{
    char *folder = file_join(house->library, "schema/data/calendar");
    char **list = NULL;
    bool ok = file_list(folder, ".json", false, &list, err);

    *years = value_new_map();
    for (size_t i = 0; ok && list[i]; i++) {
        char *path = file_join(folder, list[i]);

        ok = read_year(path, *years, err);
        mem_free(path);
    }
    if (!ok) {
        value_free(*years);
        *years = NULL;
    }
    file_list_free(list);
    mem_free(folder);
    return ok;
}

static bool years_known(struct house *house, struct value **years, char hash[static DIGEST_HEX],
                        struct err *err)
{
    struct calendar calendar = {0};

    if (house->site) {
        if (!calendar_current(house->site, house->office_id, &calendar, err)) {
            return false;
        }
        *years = value_copy(calendar.years);
        memcpy(hash, calendar.hash, DIGEST_HEX);
        calendar_clear(&calendar);
        return true;
    }
    memcpy(hash, SHIPPED, sizeof SHIPPED);
    return house_library(house, err) && read_shipped(house, years, err);
}

bool ask_calendar(struct house *house, struct value *request, struct value **years, struct err *err)
{
    struct value *known = NULL;
    struct value *calendars;
    struct value *calendar;
    char hash[DIGEST_HEX];

    if (!years_known(house, &known, hash, err)) {
        return false;
    }
    calendars = value_new_map();
    calendar = value_new_map();
    value_set(calendar, "years", value_copy(known));
    value_set(calendars, hash, calendar);
    value_set(request, "calendars", calendars);
    value_set_text(request, "calendar", hash);
    value_set_text(request, "lang", house->lang);
    if (years) {
        *years = known;
    } else {
        value_free(known);
    }
    return true;
}
