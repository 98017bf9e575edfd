/* Two processes share this file: the one that asks (the keeper) and the zygote, whose loop stands
   first. They speak lists of integers in the codec over a socket pair: {FORK, cpu, memory, output}
   or {READ} gives {pid} and then a descriptor, {END, pid} gives {status of wait}. Only the zygote
   reaps, and only when asked, so a pid that a link holds is never another process. */
#include "serve/zygote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/pipe.h"
#include "base/text.h"
#include "script/confine.h"
#include "script/service.h"
#include "serve/fault.h"
#include "serve/reader.h"

#define START_MS 20000
#define ANSWER_MS 10000
#define GRACE_MS 300 /* for a worker that said it ends */
#define MESSAGE_MAX 4096
#define NUMBERS_MAX 5

enum message {
    FORK = 1,
    END = 2,
    READ = 3 /* a fork too, that reads one file */
};

struct zygote {
    pid_t pid;
    int socket;
};

struct worker_link {
    struct zygote *zygote;
    pid_t pid;
    int fd;
    bool is_over;    /* the pipe said so */
    bool was_killed; /* by us */
    struct worker_end end;
};

static bool send_numbers(int fd, const int64_t *numbers, size_t count, struct err *err)
{
    struct buf bytes;
    bool is_good;

    buf_init(&bytes, MESSAGE_MAX);
    codec_put_list(&bytes, count);
    for (size_t i = 0; i < count; i++) {
        codec_put_int(&bytes, numbers[i]);
    }
    is_good = pipe_send(fd, bytes.bytes, bytes.length, clock_steady() + ANSWER_MS, err);
    buf_clear(&bytes);
    return is_good;
}

/* Missing numbers are 0. deadline 0 waits for ever. */
static bool receive_numbers(int fd, int64_t numbers[static NUMBERS_MAX], int64_t deadline,
                            struct err *err)
{
    struct buf bytes;
    struct codec_in in;
    size_t count = 0;
    bool is_good;

    memset(numbers, 0, NUMBERS_MAX * sizeof *numbers);
    buf_init(&bytes, MESSAGE_MAX);
    is_good = pipe_receive(fd, &bytes, MESSAGE_MAX, deadline, err);
    if (is_good) {
        codec_begin(&in, bytes.bytes, bytes.length);
        is_good = codec_get_list(&in, &count) && count <= NUMBERS_MAX;
        for (size_t i = 0; is_good && i < count; i++) {
            is_good = codec_get_int(&in, &numbers[i]);
        }
        if (!is_good) {
            err_set(err, ERR_INTERNAL, "the zygote does not speak its protocol");
        }
    }
    buf_clear(&bytes);
    return is_good;
}

/* The zygote's own half. */

struct nest {
    struct service *service;
    int socket;
    bool is_loose;
};

static bool hatch(const struct nest *nest, const int64_t *numbers, struct err *err)
{
    struct worker_limits limits = {
        .cpu_ms = numbers[1], .memory = (size_t)numbers[2], .output = (size_t)numbers[3]};
    int parent = (int)getpid();
    int ends[2];
    int64_t pid;
    bool is_good;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return send_numbers(nest->socket, &(int64_t){-1}, 1, err);
    }
    pid = fork();
    if (pid == 0) {
        confine_tie(parent);
        if (numbers[0] == READ) {
            reader_run(ends[1], nest->is_loose);
        }
        worker_run(nest->service, &limits, ends[1], nest->is_loose);
    }
    close(ends[1]);
    is_good = send_numbers(nest->socket, &pid, 1, err) &&
              (pid < 0 || pipe_send_fd(nest->socket, ends[0], err));
    close(ends[0]);
    return is_good;
}

/* A worker that was told to end, or said so, gets a moment; one that lied is killed. */
static bool bury(int socket, pid_t pid, struct err *err)
{
    int64_t deadline = clock_steady() + GRACE_MS;
    int status = 0;
    pid_t found;

    while ((found = waitpid(pid, &status, WNOHANG)) == 0 && clock_steady() < deadline) {
        poll(NULL, 0, 1);
    }
    if (found == 0) {
        kill(pid, SIGKILL);
        found = waitpid(pid, &status, 0);
    }
    return send_numbers(socket, &(int64_t){found == pid ? status : -1}, 1, err);
}

static bool serve_one(const struct nest *nest, struct err *err)
{
    int64_t numbers[NUMBERS_MAX];

    if (!receive_numbers(nest->socket, numbers, 0, err)) {
        return false;
    }
    switch (numbers[0]) {
    case FORK:
    case READ:
        return hatch(nest, numbers, err);
    case END:
        return bury(nest->socket, (pid_t)numbers[1], err);
    default:
        return false;
    }
}

NO_RETURN static void live(const struct zygote_options *options, int socket, int parent)
{
    const int keep[] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, socket};
    struct nest nest = {.socket = socket, .is_loose = options->is_loose};
    struct err err = {0};

    confine_tie(parent);
    confine_close(keep, COUNT_OF(keep));
    signal(SIGINT, SIG_IGN); /* a ^C at the terminal is for the keeper, whose end ends us */
    signal(SIGTERM, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    if (!service_open(options->library, &nest.service, &err)) {
        _exit(pipe_send(socket, err.text, strlen(err.text), clock_steady() + ANSWER_MS, NULL) ? 1
                                                                                              : 2);
    }
    if (pipe_send(socket, "", 0, clock_steady() + ANSWER_MS, &err)) {
        while (serve_one(&nest, &err)) {
        }
    }
    _exit(0);
}

/* The keeper's half. */

static bool wait_ready(struct zygote *zygote, struct err *err)
{
    struct buf word;
    bool is_good;

    buf_init(&word, MESSAGE_MAX);
    is_good = pipe_receive(zygote->socket, &word, MESSAGE_MAX, clock_steady() + START_MS, err);
    if (is_good && word.length > 0) {
        err_set(err, ERR_INVALID, "%s", buf_text(&word));
        is_good = false;
    }
    buf_clear(&word);
    return is_good;
}

bool zygote_start(const struct zygote_options *options, struct zygote **out, struct err *err)
{
    struct zygote *zygote = mem_new(sizeof *zygote);
    int parent = (int)getpid();
    int ends[2];
    bool ok = false;

    zygote->socket = -1;
    if (!confine_is_available(err)) {
        if (!options->is_loose) {
            goto done;
        }
        log_warn("%s", SAY("脚本进程没有 seccomp 隔离，仅因本站点的设置而运行",
                           "workers run without seccomp because a setting of this site allows it"));
    }
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        err_set(err, ERR_INTERNAL, "socketpair: %s", strerror(errno));
        goto done;
    }
    fflush(NULL);
    zygote->pid = fork();
    if (zygote->pid == 0) {
        live(options, ends[1], parent);
    }
    close(ends[1]);
    zygote->socket = ends[0];
    if (zygote->pid < 0) {
        err_set(err, ERR_INTERNAL, "fork: %s", strerror(errno));
        goto done;
    }
    if (!wait_ready(zygote, err)) {
        goto done;
    }
    *out = zygote;
    zygote = NULL;
    ok = true;
done:
    zygote_stop(zygote);
    return ok;
}

static void hang_up(struct zygote *zygote)
{
    if (zygote->socket >= 0) {
        close(zygote->socket);
        zygote->socket = -1;
    }
}

void zygote_stop(struct zygote *zygote)
{
    if (!zygote) {
        return;
    }
    hang_up(zygote);
    if (zygote->pid > 0) {
        kill(zygote->pid, SIGKILL);
        while (waitpid(zygote->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    mem_free(zygote);
}

int zygote_fd(const struct zygote *zygote)
{
    return zygote->socket;
}

/* One question and its answer. After a failure nobody knows whose answer comes next, so there is no
   further question: the zygote ends with its socket, and its workers with it. */
static bool converse(struct zygote *zygote, const int64_t *ask, size_t count,
                     int64_t answer[static NUMBERS_MAX], struct err *err)
{
    if (zygote->socket < 0) {
        err_set(err, ERR_MISSING, "%s",
                SAY("脚本进程的母进程已停止，请重新运行命令",
                    "the process that starts workers has stopped; run the command again"));
        return false;
    }
    if (!send_numbers(zygote->socket, ask, count, err) ||
        !receive_numbers(zygote->socket, answer, clock_steady() + ANSWER_MS, err)) {
        hang_up(zygote);
        return false;
    }
    return true;
}

/* The pid of what the zygote forks when asked so, and then its pipe. */
static bool fork_one(struct zygote *zygote, const int64_t *ask, size_t count,
                     struct worker_link **out, struct err *err)
{
    int64_t answer[NUMBERS_MAX];
    int fd;
    struct worker_link *link;

    if (!converse(zygote, ask, count, answer, err)) {
        return false;
    }
    if (answer[0] <= 0) {
        err_set(err, ERR_BUSY, "%s",
                SAY("无法再创建脚本进程", "no more worker processes can be made"));
        return false;
    }
    if (!pipe_receive_fd(zygote->socket, &fd, clock_steady() + ANSWER_MS, err)) {
        hang_up(zygote);
        return false;
    }
    link = mem_new(sizeof *link);
    link->zygote = zygote;
    link->pid = (pid_t)answer[0];
    link->fd = fd;
    *out = link;
    return true;
}

bool zygote_fork(struct zygote *zygote, const struct worker_limits *limits,
                 struct worker_link **out, struct err *err)
{
    const int64_t ask[] = {FORK, limits->cpu_ms, (int64_t)limits->memory, (int64_t)limits->output};

    return fork_one(zygote, ask, COUNT_OF(ask), out, err);
}

bool zygote_fork_reader(struct zygote *zygote, struct worker_link **out, struct err *err)
{
    return fork_one(zygote, &(const int64_t){READ}, 1, out, err);
}

bool worker_send(struct worker_link *link, const struct buf *request, int64_t deadline,
                 struct err *err)
{
    return pipe_send(link->fd, request->bytes, request->length, deadline, err);
}

void worker_rouse(struct worker_link *link)
{
    struct err unsaid = {0};
    bool is_awake = pipe_send(link->fd, "", 0, clock_steady() + GRACE_MS, &unsaid);

    (void)is_awake; /* when it is gone, the request that follows tells */
}

static void blame(struct worker_link *link, const char *kind, const char *text)
{
    fault_set(&link->end, kind, text);
}

bool worker_receive(struct worker_link *link, struct buf *reply, int64_t deadline, struct err *err)
{
    struct err why = {0};

    if (pipe_receive(link->fd, reply, PIPE_FRAME_MAX, deadline, &why)) {
        if (!fault_read(reply, &link->end)) {
            return true;
        }
        err_set(&why, ERR_INVALID, "%s", link->end.text);
        link->is_over = true;
    } else if (why.kind == ERR_TIMEOUT) {
        worker_kill(link);
        blame(link, "time",
              SAY("运行超过时限，已被终止；请检查是否有极慢的匹配或排序",
                  "ran beyond its time and was stopped; look for a very slow pattern or sort"));
        err_set(&why, ERR_TIMEOUT, "%s", link->end.text);
    } else if (why.kind == ERR_MISSING) {
        link->is_over = true;
    } else {
        worker_kill(link);
        blame(link, "protocol", why.text);
    }
    if (err) {
        *err = why;
    }
    return false;
}

int worker_pid(const struct worker_link *link)
{
    return (int)link->pid;
}

void worker_kill(struct worker_link *link)
{
    if (!link->was_killed) {
        kill(link->pid, SIGKILL);
        link->was_killed = true;
    }
}

/* The status of wait, or -1 when the zygote cannot tell any more. */
static int ask_status(struct worker_link *link)
{
    const int64_t ask[] = {END, link->pid};
    int64_t answer[NUMBERS_MAX];
    struct err err;

    return converse(link->zygote, ask, COUNT_OF(ask), answer, &err) ? (int)answer[0] : -1;
}

void worker_end(struct worker_link *link, struct worker_end *how)
{
    int status;

    if (!link) {
        return;
    }
    if (!link->is_over) {
        worker_kill(link); /* between requests nothing of it is worth waiting for */
    }
    close(link->fd);
    status = ask_status(link);
    if (how) {
        *how = link->end;
        fault_judge(how, status, link->was_killed);
    }
    mem_free(link);
}
