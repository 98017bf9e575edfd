/* Two small lists. Templates are live: an office edits a file and expects the next message to say
   what it wrote. */
#include "serve/desk.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "casework/calendars.h"

#define DESK_FRESH_MS 2000
#define DESK_MOST 64

struct sheet {
    char *name;
    struct template *template;
    int64_t read_at; /* of the boot */
};

struct desk {
    struct site *site;
    struct sheet sheets[DESK_MOST];
    size_t count;
    struct workdays *workdays;
    int64_t calendar_id; /* of workdays; 0: none */
};

struct desk *desk_new(struct site *site)
{
    struct desk *desk = mem_new(sizeof *desk);

    desk->site = site;
    return desk;
}

static void drop(struct sheet *sheet)
{
    mem_free(sheet->name);
    template_free(sheet->template);
    *sheet = (struct sheet){0};
}

void desk_free(struct desk *desk)
{
    if (!desk) {
        return;
    }
    for (size_t i = 0; i < desk->count; i++) {
        drop(&desk->sheets[i]);
    }
    workdays_free(desk->workdays);
    mem_free(desk);
}

bool desk_template(struct desk *desk, const char *name, const struct template **out,
                   struct err *err)
{
    int64_t now = clock_steady();
    size_t at = 0;
    struct template *template = NULL;

    while (at < desk->count && strcmp(desk->sheets[at].name, name) != 0) {
        at++;
    }
    if (at < desk->count && now - desk->sheets[at].read_at < DESK_FRESH_MS) {
        *out = desk->sheets[at].template;
        return true;
    }
    if (!template_load(desk->site->folder, desk->site->library, name, &template, err)) {
        return false;
    }
    if (at == DESK_MOST) {
        at = 0; /* more templates than any office has: one makes room */
    }
    desk->count += at == desk->count;
    drop(&desk->sheets[at]);
    desk->sheets[at] = (struct sheet){mem_text(name), template, now};
    *out = template;
    return true;
}

bool desk_workdays(struct desk *desk, int64_t office_id, const struct workdays **out,
                   struct err *err)
{
    struct calendar calendar = {0};
    char hash[DIGEST_HEX];
    int64_t id = 0;

    if (!calendar_current_id(desk->site, office_id, &id, hash, err)) {
        return false;
    }
    if (id != desk->calendar_id || !desk->workdays) {
        if (!calendar_current(desk->site, office_id, &calendar, err)) {
            return false;
        }
        workdays_free(desk->workdays);
        desk->workdays = workdays_new(calendar.years);
        desk->calendar_id = calendar.calendar_id;
        calendar_clear(&calendar);
    }
    *out = desk->workdays;
    return true;
}
