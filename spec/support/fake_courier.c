/* A courier that sends nothing: it notes each job in a log and answers what a script says, so that
   a spec decides what becomes of every attempt. DUBAN_FAKE names a file with one line a job, in the
   order of arrival over all its lives: "accepted", "throttled 60000", "bad_channel 93000", "hang"
   (no answer), "die" (the process ends), "unsent"; jobs beyond the last line are accepted.
   DUBAN_FAKE_LOG gets "channel key attempt again" for each job. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/wire.h"

#define LINE_MAX_BYTES 200

/* How many jobs were noted before this one; appends it. */
static long note(const struct wire_job *job)
{
    const char *path = getenv("DUBAN_FAKE_LOG");
    FILE *log = path ? fopen(path, "a+") : NULL;
    long count = 0;
    int byte;

    if (!log) {
        return 0;
    }
    rewind(log);
    while ((byte = fgetc(log)) != EOF) {
        count += byte == '\n';
    }
    fprintf(log, "%s %s %lld %s\n", job->channel, job->key, (long long)job->send.attempt,
            job->send.is_again ? "again" : "first");
    fclose(log);
    return count;
}

/* The line of that number into out; "accepted" beyond the last. */
static void line_of(long number, char out[static LINE_MAX_BYTES])
{
    const char *path = getenv("DUBAN_FAKE");
    FILE *script = path ? fopen(path, "r") : NULL;
    bool has_line = false;

    for (long i = 0; script && i <= number; i++) {
        has_line = fgets(out, LINE_MAX_BYTES, script) != NULL;
    }
    if (script) {
        fclose(script);
    }
    if (!has_line) {
        snprintf(out, LINE_MAX_BYTES, "accepted");
    }
    out[strcspn(out, "\n")] = '\0';
}

/* False when the process is to end here. */
static bool answer(struct wire *wire, const struct wire_job *job)
{
    struct wire_outcome outcome = {.id = job->send.id, .status = 200, .micros = 1500, .bytes = 100};
    char line[LINE_MAX_BYTES];
    char *detail;

    line_of(note(job), line);
    detail = strchr(line, ' ');
    if (detail) {
        *detail++ = '\0';
    }
    if (strcmp(line, "die") == 0) {
        return false;
    }
    if (strcmp(line, "hang") == 0) {
        return true;
    }
    outcome.is_unsent = strcmp(line, "unsent") == 0;
    outcome.outcome = outcome.is_unsent ? "unknown" : line;
    outcome.code = detail ? detail : "0";
    outcome.text = strcmp(line, "accepted") == 0 ? "ok" : "平台的原话";
    outcome.hint = strcmp(line, "accepted") == 0 ? "" : "照此办理";
    outcome.after_ms = strcmp(line, "throttled") == 0 && detail ? strtol(detail, NULL, 10) : 0;
    wire_put_outcome(wire, &outcome);
    return true;
}

/* Everything that is there; false at the end. */
static bool serve(struct wire *wire)
{
    struct codec_in in;
    struct err err = {0};

    if (!wire_fill(wire, &err)) {
        return false;
    }
    while (wire_next(wire, &in, &err)) {
        struct wire_job job = {0};
        enum wire_op op;
        bool goes_on = wire_get_job(&in, &op, &job, &err) && op == WIRE_SEND && answer(wire, &job);

        wire_job_clear(&job);
        if (!goes_on) {
            return false;
        }
    }
    return true;
}

int main(void)
{
    struct wire wire;
    struct err err = {0};
    bool goes_on = true;

    wire_init(&wire, WIRE_FD);
    wire_put_ready(&wire);
    while (wire_flush(&wire, &err) && goes_on) {
        struct pollfd one = {.fd = WIRE_FD, .events = POLLIN};

        if (wire_is_behind(&wire)) {
            one.events |= POLLOUT;
        }
        poll(&one, 1, -1);
        goes_on = serve(&wire);
    }
    if (goes_on) {
        return 1;
    }
    return wire_flush(&wire, &err) ? 0 : 1;
}
