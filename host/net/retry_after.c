/* Retry-After: how long an answer asks to be left alone, in seconds or as one of HTTP's dates. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/sent.h"

#define LEAST_MS INT64_C(1000)

static int64_t clamp(int64_t ms)
{
    return ms < LEAST_MS ? LEAST_MS : ms > CLOCK_DAY_MS ? CLOCK_DAY_MS : ms;
}

/* Digits up to the end; false for anything else. Far too many are as good as a day. */
static bool read_seconds(const char *text, int64_t *ms)
{
    int64_t seconds = 0;

    if (!*text || strspn(text, "0123456789") != strlen(text)) {
        return false;
    }
    for (; *text; text++) {
        seconds = seconds > CLOCK_DAY_MS ? seconds : seconds * 10 + (*text - '0');
    }
    *ms = seconds * 1000;
    return true;
}

static bool read_two(const char *text, int *out)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    *out = (text[0] - '0') * 10 + text[1] - '0';
    return true;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form senders may write. */
static bool read_date(const char *text, int64_t *instant)
{
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4] = {0};
    char iso[32];
    const char *at;
    int century;
    int parts[5]; /* day, year in the century, hour, minute, second */

    if (strlen(text) != 29 || strcmp(text + 25, " GMT") != 0 || !read_two(text + 5, &parts[0]) ||
        !read_two(text + 12, &century) || !read_two(text + 14, &parts[1]) ||
        !read_two(text + 17, &parts[2]) || !read_two(text + 20, &parts[3]) ||
        !read_two(text + 23, &parts[4])) {
        return false;
    }
    memcpy(month, text + 8, 3);
    at = strstr(MONTHS, month);
    if (!at || (at - MONTHS) % 3 != 0) {
        return false;
    }
    snprintf(iso, sizeof iso, "%02d%02d-%02d-%02d %02d:%02d:%02d", century, parts[1],
             (int)(at - MONTHS) / 3 + 1, parts[0], parts[2], parts[3], parts[4]);
    if (!clock_parse_instant(iso, instant, NULL)) {
        return false;
    }
    *instant += CLOCK_ZONE_MS; /* the clock reads UTC+08:00, the header means UTC */
    return true;
}

int64_t sent_retry_after(const char *header, int64_t now_ms)
{
    char text[40] = {0};
    size_t length;
    int64_t ms;

    header += strspn(header, " \t");
    length = strcspn(header, "\r\n");
    while (length && (header[length - 1] == ' ' || header[length - 1] == '\t')) {
        length--;
    }
    if (length >= sizeof text) {
        return 0;
    }
    memcpy(text, header, length);
    if (read_seconds(text, &ms)) {
        return clamp(ms);
    }
    return read_date(text, &ms) ? clamp(ms - now_ms) : 0;
}
