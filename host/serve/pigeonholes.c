/* Two small lists. Templates are live: an office edits a file and expects the next message to say
   what it wrote. */
#include "serve/pigeonholes.h"

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

struct pigeonholes {
    struct site *site;
    struct sheet sheets[DESK_MOST];
    size_t count;
    struct workdays *workdays;
    int64_t calendar_id; /* of workdays; 0: none */
};

struct pigeonholes *pigeonholes_new(struct site *site)
{
    struct pigeonholes *pigeonholes = mem_new(sizeof *pigeonholes);

    pigeonholes->site = site;
    return pigeonholes;
}

static void drop(struct sheet *sheet)
{
    mem_free(sheet->name);
    template_free(sheet->template);
    *sheet = (struct sheet){0};
}

void pigeonholes_free(struct pigeonholes *pigeonholes)
{
    if (!pigeonholes) {
        return;
    }
    for (size_t i = 0; i < pigeonholes->count; i++) {
        drop(&pigeonholes->sheets[i]);
    }
    workdays_free(pigeonholes->workdays);
    mem_free(pigeonholes);
}

bool pigeonholes_template(struct pigeonholes *pigeonholes, const char *name,
                          const struct template **out, struct err *err)
{
    int64_t now = clock_steady();
    size_t at = 0;
    struct template *template = NULL;

    while (at < pigeonholes->count && strcmp(pigeonholes->sheets[at].name, name) != 0) {
        at++;
    }
    if (at < pigeonholes->count && now - pigeonholes->sheets[at].read_at < DESK_FRESH_MS) {
        *out = pigeonholes->sheets[at].template;
        return true;
    }
    if (!template_load(pigeonholes->site->folder, pigeonholes->site->library, name, &template,
                       err)) {
        return false;
    }
    if (at == DESK_MOST) {
        at = 0; /* more templates than any office has: one makes room */
    }
    pigeonholes->count += at == pigeonholes->count;
    drop(&pigeonholes->sheets[at]);
    pigeonholes->sheets[at] = (struct sheet){mem_text(name), template, now};
    *out = template;
    return true;
}

bool pigeonholes_workdays(struct pigeonholes *pigeonholes, int64_t office_id,
                          const struct workdays **out, struct err *err)
{
    struct calendar calendar = {0};
    char hash[DIGEST_HEX];
    int64_t id = 0;

    if (!calendar_current_id(pigeonholes->site, office_id, &id, hash, err)) {
        return false;
    }
    if (id != pigeonholes->calendar_id || !pigeonholes->workdays) {
        if (!calendar_current(pigeonholes->site, office_id, &calendar, err)) {
            return false;
        }
        workdays_free(pigeonholes->workdays);
        pigeonholes->workdays = workdays_new(calendar.years);
        pigeonholes->calendar_id = calendar.calendar_id;
        calendar_clear(&calendar);
    }
    *out = pigeonholes->workdays;
    return true;
}
