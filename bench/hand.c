/* The courier alone, beside bench/post.c: hands it COUNT webhooks over its pipe, as the keeper does
   (at most IN_FLIGHT at a time), and takes the outcomes. hand COURIER URL SECRET COUNT AT_ONCE
   IN_FLIGHT. SECRET is a reference. Prints {"posts":N,"seconds":S,"accepted":N} as one JSON line.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "net/wire.h"

static double now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static pid_t start(const char *path, int *fd)
{
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return -1;
    }
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        if (ends[1] == WIRE_FD || dup2(ends[1], WIRE_FD) >= 0) {
            execl(path, path, (char *)NULL);
        }
        _exit(127);
    }
    close(ends[1]);
    *fd = ends[0];
    return pid;
}

static struct value *parse(const char *text)
{
    struct value *made = NULL;
    struct err err = {0};

    if (!json_parse(text, strlen(text), &made, &err)) {
        fprintf(stderr, "hand: %s\n", err.text);
        exit(1);
    }
    return made;
}

static struct value *conf_of(const char *url, const char *secret, const char *at_once)
{
    struct value *conf = parse("{\"kind\":\"webhook\",\"allow\":[\"127.0.0.1\"]}");

    value_set_text(conf, "url", url);
    value_set_text(conf, "secret", secret);
    value_set_int(conf, "at_once", strtol(at_once, NULL, 10));
    return conf;
}

static bool put(struct wire *wire, const struct value *conf, const struct value *message, long id)
{
    char key[64];
    struct err err = {0};
    struct wire_send send = {.id = id,
                             .kind = "webhook",
                             .channel = "gate",
                             .conf = conf,
                             .message = message,
                             .key = key,
                             .attempt = 1};

    snprintf(key, sizeof key, "hand-%ld-%ld", (long)time(NULL), id);
    return wire_put_send(wire, &send, &err);
}

/* Takes what came; gives how many outcomes, and counts the accepted ones. */
static long take(struct wire *wire, long *accepted)
{
    struct err err = {0};
    struct codec_in in;
    long taken = 0;

    if (!wire_fill(wire, &err)) {
        fprintf(stderr, "hand: %s\n", err.text);
        exit(1);
    }
    while (wire_next(wire, &in, &err)) {
        struct value *frame;
        struct wire_outcome outcome;
        bool is_ready;

        if (!wire_get_outcome(&in, &frame, &outcome, &is_ready, &err)) {
            exit(1);
        }
        taken += !is_ready;
        *accepted += !is_ready && strcmp(outcome.outcome, "accepted") == 0;
        if (!is_ready && strcmp(outcome.outcome, "accepted") != 0) {
            fprintf(stderr, "hand: %s %s\n", outcome.outcome, outcome.text);
        }
        value_free(frame);
    }
    return taken;
}

int main(int argc, char **argv)
{
    long wanted = argc == 7 ? strtol(argv[4], NULL, 10) : 0;
    long most = argc == 7 ? strtol(argv[6], NULL, 10) : 0;
    long sent = 0;
    long done = 0;
    long accepted = 0;
    struct value *conf;
    struct value *message;
    struct wire wire;
    double began;
    int fd = -1;

    if (wanted < 1 || most < 1 || start(argv[1], &fd) < 0) {
        fprintf(stderr, "hand COURIER URL SECRET COUNT AT_ONCE IN_FLIGHT\n");
        return 2;
    }
    conf = conf_of(argv[2], argv[3], argv[5]);
    message = parse("{\"at\":1767225600000,\"body\":\"请按时报送整改情况。\\n逾期将约谈。\","
                    "\"facts\":[[\"责任单位\",\"省教育厅\"],[\"期限\",\"2026-03-31\"]],"
                    "\"id\":\"DB-2026-0001-3\",\"link\":\"https://duban.example.gov.cn/case/1\","
                    "\"severity\":\"normal\",\"title\":\"整改事项将到期\","
                    "\"to\":{\"address\":\"zhangsan\",\"name\":\"张三\"},\"type\":\"due_soon\"}");
    wire_init(&wire, fd);
    began = now();
    while (done < wanted) {
        struct pollfd one = {.fd = fd, .events = POLLIN};

        while (sent < wanted && sent - done < most && put(&wire, conf, message, sent + 1)) {
            sent++;
        }
        if (!wire_flush(&wire, NULL)) {
            return 1;
        }
        one.events |= wire_is_behind(&wire) ? POLLOUT : 0;
        poll(&one, 1, -1);
        done += take(&wire, &accepted);
    }
    printf("{\"posts\":%ld,\"seconds\":%.4f,\"accepted\":%ld}\n", done, now() - began, accepted);
    wire_clear(&wire);
    value_free(conf);
    value_free(message);
    close(fd);
    wait(NULL);
    return 0;
}
