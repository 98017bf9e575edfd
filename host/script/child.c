/* Both outputs are read and the input is fed in one poll loop, so no pipe that fills up can stop
 * the other. */
#include "script/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

extern char **environ;

enum {
    IN,
    OUT,
    ERRORS,
    STREAMS
};

struct child {
    pid_t pid;
    int fds[STREAMS]; /* our ends; -1 when closed */
    struct buf input;
    size_t fed;
    struct buf out;
    struct buf errors;
    int status;
    bool has_ended;
};

static void drop(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

static bool make_pipes(int ends[STREAMS][2], struct err *err)
{
    for (int i = 0; i < STREAMS; i++) {
        if (pipe(ends[i]) != 0) {
            err_set(err, ERR_INTERNAL, "pipe: %s", strerror(errno));
            return false;
        }
        fcntl(ends[i][0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i][1], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

NO_RETURN static void become(char *const *argv, char *const *env, const char *cwd,
                             int ends[STREAMS][2])
{
    if (dup2(ends[IN][0], 0) >= 0 && dup2(ends[OUT][1], 1) >= 0 && dup2(ends[ERRORS][1], 2) >= 0 &&
        (!cwd || chdir(cwd) == 0)) {
        if (env) {
            environ = (char **)(uintptr_t)env;
        }
        execvp(argv[0], argv);
    }
    _exit(127);
}

bool child_start(char *const *argv, char *const *env, const char *cwd, const struct buf *input,
                 struct child **out, struct err *err)
{
    int ends[STREAMS][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
    struct child *child = mem_new(sizeof *child);
    bool ok = false;

    child->fds[IN] = child->fds[OUT] = child->fds[ERRORS] = -1;
    buf_init(&child->input, CHILD_OUTPUT_MAX);
    buf_init(&child->out, CHILD_OUTPUT_MAX);
    buf_init(&child->errors, CHILD_OUTPUT_MAX);
    if (input) {
        buf_add(&child->input, buf_text(input), input->length);
    }
    if (!make_pipes(ends, err)) {
        goto done;
    }
    child->pid = fork();
    if (child->pid == 0) {
        become(argv, env, cwd, ends);
    }
    if (child->pid < 0) {
        err_set(err, ERR_INTERNAL, "fork: %s", strerror(errno));
        goto done;
    }
    child->fds[IN] = ends[IN][1];
    child->fds[OUT] = ends[OUT][0];
    child->fds[ERRORS] = ends[ERRORS][0];
    ends[IN][1] = ends[OUT][0] = ends[ERRORS][0] = -1;
    fcntl(child->fds[IN], F_SETFL, O_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
    *out = child;
    child = NULL;
    ok = true;
done:
    for (int i = 0; i < STREAMS; i++) {
        drop(&ends[i][0]);
        drop(&ends[i][1]);
    }
    child_free(child);
    return ok;
}

void child_free(struct child *child)
{
    if (!child) {
        return;
    }
    if (child->pid > 0 && !child->has_ended) {
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR) {
        }
    }
    for (int i = 0; i < STREAMS; i++) {
        drop(&child->fds[i]);
    }
    buf_clear(&child->input);
    buf_clear(&child->out);
    buf_clear(&child->errors);
    mem_free(child);
}

static void feed(struct child *child)
{
    ssize_t count = 0;

    if (child->fed < child->input.length) {
        count = write(child->fds[IN], child->input.bytes + child->fed,
                      child->input.length - child->fed);
    }
    if (count > 0) {
        child->fed += (size_t)count;
    }
    if (child->fed >= child->input.length || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        drop(&child->fds[IN]);
    }
}

static void gather(int *fd, struct buf *into)
{
    char room[16384];
    ssize_t count = read(*fd, room, sizeof room);

    if (count > 0) {
        buf_add(into, room, (size_t)count);
    } else if (count == 0 || errno != EINTR) {
        drop(fd);
    }
}

/* One turn of at most 20 ms, so that an end without closed pipes (a grandchild holds them) is seen
 * too. */
static void turn(struct child *child)
{
    struct pollfd all[STREAMS] = {{.fd = child->fds[IN], .events = POLLOUT},
                                  {.fd = child->fds[OUT], .events = POLLIN},
                                  {.fd = child->fds[ERRORS], .events = POLLIN}};

    if (poll(all, STREAMS, 20) <= 0) {
        return;
    }
    if (all[IN].revents) {
        feed(child);
    }
    if (all[OUT].revents) {
        gather(&child->fds[OUT], &child->out);
    }
    if (all[ERRORS].revents) {
        gather(&child->fds[ERRORS], &child->errors);
    }
}

bool child_wait(struct child *child, int64_t deadline, struct err *err)
{
    while (!child->has_ended) {
        bool is_quiet = child->fds[OUT] < 0 && child->fds[ERRORS] < 0;

        if (waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
            child->has_ended = true;
            break;
        }
        if (deadline && clock_steady() >= deadline) {
            err_set(err, ERR_TIMEOUT, "the command still runs");
            return false;
        }
        if (is_quiet) {
            poll(NULL, 0, 1);
        } else {
            turn(child);
        }
    }
    for (int quiet = 0; quiet < 2 && (child->fds[OUT] >= 0 || child->fds[ERRORS] >= 0);) {
        size_t before = child->out.length + child->errors.length;

        turn(child); /* what was still in the pipes */
        quiet += child->out.length + child->errors.length == before;
    }
    return true;
}

void child_signal(struct child *child, int number)
{
    if (!child->has_ended) {
        kill(child->pid, number);
    }
}

int child_pid(const struct child *child)
{
    return (int)child->pid;
}

const struct buf *child_out(const struct child *child)
{
    return &child->out;
}

const struct buf *child_errors(const struct child *child)
{
    return &child->errors;
}

int child_code(const struct child *child, int *signal_number)
{
    *signal_number = WIFSIGNALED(child->status) ? WTERMSIG(child->status) : 0;
    return WIFEXITED(child->status) ? WEXITSTATUS(child->status) : -1;
}
