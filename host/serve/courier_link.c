/* Two processes share this file: the keeper and the nest, whose loop stands first. A byte asks for
   a courier, a descriptor answers. The nest dies with the keeper and its couriers with it. */
#include "serve/courier_link.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "script/confine.h"

#define PROGRAM "duban-courier"
#define START_MS 10000
#define MOMENT_MS 2000
#define RENEW_MS 1000 /* after the first death; doubled by each that follows */
#define RENEW_MAX_MS 60000

extern char **environ;

struct courier_link {
    pid_t nest;
    int socket; /* to the nest */
    int fd;     /* to the courier; -1: there is none */
    struct wire wire;
    int64_t renew_at;
    int64_t pause_ms;
};

/* ---- the nest ---- */

NO_RETURN static void become_courier(const char *program, int fd, int nest)
{
    const int keep[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, WIRE_FD};
    char *const words[] = {(char *)(uintptr_t)program, NULL};

    confine_tie(nest);
    if (fd != WIRE_FD && dup2(fd, WIRE_FD) < 0) {
        _exit(2);
    }
    confine_close(keep, COUNT_OF(keep));
    signal(SIGPIPE, SIG_IGN);
    execve(program, words, environ);
    _exit(2);
}

/* One courier; its end of the pair goes to the keeper. */
static bool hatch(const char *program, int socket)
{
    struct err unsaid = {0};
    int nest = (int)getpid();
    int ends[2];
    pid_t pid;
    bool ok;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return false;
    }
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become_courier(program, ends[1], nest);
    }
    close(ends[1]);
    ok = pid > 0 && pipe_send_fd(socket, ends[0], &unsaid);
    close(ends[0]);
    return ok;
}

/* A ^C at the terminal is for the keeper, whose end ends the nest. */
NO_RETURN static void live(const char *program, int socket, int parent)
{
    const int keep[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, socket};
    char byte;
    ssize_t count;

    confine_tie(parent);
    confine_close(keep, COUNT_OF(keep));
    confine_hide(); /* secrets stand in this environment */
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    do {
        count = read(socket, &byte, 1);
        while (waitpid(-1, NULL, WNOHANG) > 0) {
        }
    } while ((count == 1 && hatch(program, socket)) || (count < 0 && errno == EINTR));
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {
        /* couriers end by themselves when their keeper hangs up */
    }
    _exit(0);
}

/* ---- the keeper ---- */

/* Takes the variables that references name out of the environment, and out of the memory where it
   began, which others of the same user can read. */
static void forget_secrets(const struct value *value)
{
    static const char prefix[] = "env:";
    const char *text = value_text(value);

    if (text && strncmp(text, prefix, sizeof prefix - 1) == 0) {
        char *secret = getenv(text + sizeof prefix - 1);

        if (secret) {
            memset(secret, 0, strlen(secret));
        }
        unsetenv(text + sizeof prefix - 1);
    }
    for (size_t i = 0; i < value_count(value); i++) {
        forget_secrets(value_at(value, i));
    }
}

/* Beside this program, or one folder up, where the build people run keeps it. */
static bool find_program(char *out, size_t size, struct err *err)
{
    char own[PATH_MAX];
    const char *chosen = NULL;

#ifdef DUBAN_TEST
    chosen = getenv("DUBAN_COURIER");
#endif
    if (chosen) {
        snprintf(out, size, "%s", chosen);
        return true;
    }
    if (confine_program(own, sizeof own)) {
        for (int level = 0; level < 2; level++) {
            char *slash = strrchr(own, '/');

            if (!slash) {
                break;
            }
            *slash = '\0';
            if (snprintf(out, size, "%s/" PROGRAM, own) < (int)size && access(out, X_OK) == 0) {
                return true;
            }
        }
    }
    err_set(err, ERR_MISSING,
            SAY("找不到信使程序 %s，它应与 duban 放在一起，请重新安装",
                "the program %s is missing beside duban; install again"),
            PROGRAM);
    return false;
}

static bool fetch(struct courier_link *link, struct err *err)
{
    int fd;

    if (send(link->socket, "n", 1, MSG_NOSIGNAL) != 1 ||
        !pipe_receive_fd(link->socket, &fd, clock_steady() + START_MS, err)) {
        err_set(err, ERR_MISSING, "%s",
                SAY("不能再启动信使，请重新运行命令",
                    "no courier can be started any more; run the command again"));
        return false;
    }
    link->fd = fd;
    wire_init(&link->wire, fd);
    return true;
}

static bool wait_ready(struct courier_link *link, const char *program, struct err *err)
{
    int64_t deadline = clock_steady() + START_MS;
    struct err why = {0};
    bool is_ready = false;

    while (!is_ready && clock_steady() < deadline) {
        struct pollfd one = {.fd = link->fd, .events = POLLIN};
        struct wire_outcome outcome;
        struct codec_in in;
        struct value *frame = NULL;

        if (poll(&one, 1, (int)(deadline - clock_steady())) < 0 && errno != EINTR) {
            break;
        }
        if (!wire_fill(&link->wire, &why)) {
            break;
        }
        if (wire_next(&link->wire, &in, &why)) {
            if (!wire_get_outcome(&in, &frame, &outcome, &is_ready, &why) || !is_ready) {
                value_free(frame);
                break;
            }
            value_free(frame);
        }
    }
    if (!is_ready) {
        err_set(err, ERR_INTERNAL,
                SAY("信使程序 %s 没有启动%s%s", "the courier %s did not start%s%s"), program,
                why.text[0] ? SAY("：", ": ") : "", why.text);
    }
    return is_ready;
}

bool courier_start(const struct courier_options *options, struct courier_link **out,
                   struct err *err)
{
    bool ok = false;
    int parent = (int)getpid();
    int ends[2];
    char found[PATH_MAX];
    struct courier_link *link = mem_new(sizeof *link);

    link->socket = link->fd = -1;
    link->pause_ms = RENEW_MS;
    if (options->program) {
        snprintf(found, sizeof found, "%s", options->program);
    } else if (!find_program(found, sizeof found, err)) {
        goto done;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        err_set(err, ERR_INTERNAL, "socketpair: %s", strerror(errno));
        goto done;
    }
    fflush(NULL);
    link->nest = fork();
    if (link->nest == 0) {
        live(found, ends[1], parent);
    }
    close(ends[1]);
    link->socket = ends[0];
    if (link->nest < 0) {
        err_set(err, ERR_INTERNAL, "fork: %s", strerror(errno));
        goto done;
    }
    if (!fetch(link, err) || !wait_ready(link, found, err)) {
        goto done;
    }
    forget_secrets(options->channels);
    *out = link;
    link = NULL;
    ok = true;
done:
    courier_stop(link, 0);
    return ok;
}

static void hang_up(struct courier_link *link)
{
    if (link->fd >= 0) {
        wire_clear(&link->wire);
        close(link->fd);
        link->fd = -1;
    }
}

static bool exchange(struct courier_link *link, const struct wire_send *send, struct value **frame,
                     struct wire_outcome *outcome, struct err *err)
{
    int64_t deadline = send->deadline_ms + MOMENT_MS;

    if (!wire_put_send(&link->wire, send, err)) {
        return false;
    }
    while (clock_steady() < deadline) {
        struct pollfd one = {.fd = link->fd, .events = POLLIN};
        struct codec_in in;
        bool is_ready = false;

        if (!wire_flush(&link->wire, err)) {
            return false;
        }
        one.events |= wire_is_behind(&link->wire) ? POLLOUT : 0;
        poll(&one, 1, (int)(deadline - clock_steady()));
        if (!wire_fill(&link->wire, err)) {
            return false;
        }
        if (wire_next(&link->wire, &in, err)) {
            return wire_get_outcome(&in, frame, outcome, &is_ready, err);
        }
    }
    err_set(err, ERR_TIMEOUT, "%s", SAY("信使没有回话", "the courier did not answer"));
    return false;
}

/* The courier of the link may be under way with messages of others, so the trial has its own. */
bool courier_try(struct courier_link *link, const struct wire_send *send, struct value **frame,
                 struct wire_outcome *outcome, struct err *err)
{
    struct courier_link own = {.socket = link->socket, .fd = -1};
    bool ok = fetch(&own, err) && wait_ready(&own, PROGRAM, err) &&
              exchange(&own, send, frame, outcome, err);

    hang_up(&own);
    return ok;
}

/* Hears it out: what it says is of no use any more, its end is. */
static void hear_out(struct courier_link *link, int64_t deadline)
{
    struct err unsaid = {0};

    wire_put_stop(&link->wire);
    while (wire_flush(&link->wire, &unsaid) && clock_steady() < deadline) {
        struct pollfd one = {.fd = link->fd, .events = POLLIN};
        struct codec_in in;

        poll(&one, 1, (int)(deadline - clock_steady()));
        if (!wire_fill(&link->wire, &unsaid)) {
            return;
        }
        while (wire_next(&link->wire, &in, &unsaid)) {
        }
    }
}

void courier_stop(struct courier_link *link, int64_t grace_ms)
{
    if (!link) {
        return;
    }
    if (link->fd >= 0 && grace_ms > 0) {
        hear_out(link, clock_steady() + grace_ms);
    }
    hang_up(link);
    if (link->socket >= 0) {
        close(link->socket);
    }
    if (link->nest > 0) {
        kill(link->nest, SIGKILL);
        while (waitpid(link->nest, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    mem_free(link);
}

struct wire *courier_wire(struct courier_link *link)
{
    return link->fd >= 0 ? &link->wire : NULL;
}

int courier_fd(const struct courier_link *link)
{
    return link->fd;
}

void courier_lose(struct courier_link *link)
{
    hang_up(link);
    link->renew_at = clock_steady() + link->pause_ms;
    link->pause_ms = link->pause_ms * 2 < RENEW_MAX_MS ? link->pause_ms * 2 : RENEW_MAX_MS;
}

bool courier_renew(struct courier_link *link, struct err *err)
{
    if (link->fd >= 0) {
        return true;
    }
    if (clock_steady() < link->renew_at) {
        err_set(
            err, ERR_BUSY, "%s",
            SAY("信使刚刚中断，稍后重新启动", "the courier has just died; it starts again soon"));
        return false;
    }
    return fetch(link, err);
}

int64_t courier_renew_at(const struct courier_link *link)
{
    return link->fd >= 0 ? INT64_MAX : link->renew_at;
}

void courier_praise(struct courier_link *link)
{
    link->pause_ms = RENEW_MS;
}
