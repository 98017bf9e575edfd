/* Resident clients of `duban serve`: each has one connection and waits for its fact to be durable
   before it sends the next. clients SITE COUNT CLIENTS FIRST records COUNT facts on the cases from
   number FIRST on, each client as another clerk, and prints one JSON line. One process, so that the
   machine is left to the other side. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/local.h"
#include "base/mem.h"
#include "base/pipe.h"

#define CLIENTS_MAX 256
#define PATIENCE_MS 20000
#define REPLY_MAX 65536

struct crowd {
    struct pollfd clients[CLIENTS_MAX];
    int count;
    int64_t next; /* case to be recorded on */
    int64_t sent;
    int64_t wanted;
    int64_t done;
    struct buf frame;
    char reply[REPLY_MAX];
};

/* serve may still be starting. */
static bool join(const char *site, int *fd, struct err *err)
{
    int64_t deadline = clock_steady() + PATIENCE_MS;
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/duban.sock", site);
    while (!local_connect(path, fd, err)) {
        if (clock_steady() > deadline) {
            return false;
        }
        (void)poll(NULL, 0, 5);
    }
    return true;
}

/* Every client is another clerk. */
static void put_words(struct buf *out, int64_t number, int client)
{
    char text[64];

    (void)snprintf(text, sizeof text, "430000-2025-CS-%04" PRId64, number);
    codec_put_list(out, 6);
    codec_put_text(out, "fact");
    codec_put_text(out, text);
    codec_put_text(out, "remarked");
    codec_put_text(out, "text=已电话核实");
    (void)snprintf(text, sizeof text, "P%d", client ? client + 2 : 1); /* P2 is no clerk */
    codec_put_text(out, "--by");
    codec_put_text(out, text);
}

static bool send_next(struct crowd *crowd, int client, struct err *err)
{
    buf_reset(&crowd->frame);
    codec_put_map(&crowd->frame, 2);
    codec_put_text(&crowd->frame, "argv");
    put_words(&crowd->frame, crowd->next++, client);
    codec_put_text(&crowd->frame, "lang");
    codec_put_text(&crowd->frame, "zh");
    crowd->sent++;
    return pipe_send(crowd->clients[client].fd, crowd->frame.bytes, crowd->frame.length,
                     clock_steady() + PATIENCE_MS, err);
}

/* { code = 0, … }: the code stands first. */
static bool is_fine(const char *reply, size_t length, struct err *err)
{
    struct codec_in in;
    const char *text = NULL;
    size_t size = 0;
    int64_t code = -1;

    codec_begin(&in, reply, length);
    if (codec_get_map(&in, &size) && codec_get_string(&in, &text, &size) &&
        codec_get_int(&in, &code) && code == 0) {
        return true;
    }
    if (codec_get_string(&in, &text, &size) && codec_get_string(&in, &text, &size)) {
        err_set(err, ERR_INVALID, "code %d: %.*s", (int)code, (int)size, text);
    } else {
        err_set(err, ERR_INVALID, "no answer");
    }
    return false;
}

/* A reply is small and comes in one piece. */
static bool take_reply(struct crowd *crowd, int client, struct err *err)
{
    ssize_t count = recv(crowd->clients[client].fd, crowd->reply, sizeof crowd->reply, 0);

    if (count < 4 || !is_fine(crowd->reply + 4, (size_t)count - 4, err)) {
        return false;
    }
    crowd->done++;
    return crowd->sent >= crowd->wanted || send_next(crowd, client, err);
}

static bool record(struct crowd *crowd, struct err *err)
{
    for (int i = 0; i < crowd->count && crowd->sent < crowd->wanted; i++) {
        if (!send_next(crowd, i, err)) {
            return false;
        }
    }
    while (crowd->done < crowd->wanted) {
        if (poll(crowd->clients, (nfds_t)crowd->count, PATIENCE_MS) <= 0) {
            err_set(err, ERR_TIMEOUT, "no answer came");
            return false;
        }
        for (int i = 0; i < crowd->count; i++) {
            if (crowd->clients[i].revents && !take_reply(crowd, i, err)) {
                return false;
            }
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct crowd *crowd = mem_new(sizeof *crowd);
    struct err err = {0};
    int64_t began = 0;
    bool ok = argc > 4;

    if (!ok) {
        err_set(&err, ERR_INVALID, "usage: clients SITE COUNT CLIENTS FIRST");
    }
    buf_init(&crowd->frame, REPLY_MAX);
    crowd->count = ok ? (int)strtol(argv[3], NULL, 10) : 0;
    crowd->count = crowd->count < CLIENTS_MAX ? crowd->count : CLIENTS_MAX;
    for (int i = 0; ok && i < crowd->count; i++) {
        crowd->clients[i].events = POLLIN;
        ok = join(argv[1], &crowd->clients[i].fd, &err);
    }
    if (ok) {
        crowd->next = strtoll(argv[4], NULL, 10);
        crowd->wanted = 1; /* warms the worker */
        ok = record(crowd, &err);
        crowd->wanted += strtoll(argv[2], NULL, 10);
        began = clock_micros();
        ok = ok && record(crowd, &err);
    }
    if (ok) {
        printf("{\"facts\":%" PRId64 ",\"seconds\":%.6f}\n", crowd->wanted - 1,
               (double)(clock_micros() - began) / 1e6);
    } else {
        fprintf(stderr, "clients: %s\n", err.text);
    }
    buf_clear(&crowd->frame);
    mem_free(crowd);
    return ok ? 0 : 1;
}
