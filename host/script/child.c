/* Both outputs are read and the input is fed in one poll loop, so no pipe that fills up can stop
 * the other. */
#include "script/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
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
    STREAMS,
    PIPE = STREAMS, /* not gathered: frames go both ways */
    ENDS,
    PIPE_FD = 3
};

struct child {
    pid_t pid;
    int fds[ENDS]; /* our ends; -1 when closed */
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

static bool make_pipes(int ends[ENDS][2], bool has_pipe, struct err *err)
{
    for (int i = 0; i < (has_pipe ? ENDS : STREAMS); i++) {
        if (i == PIPE ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends[i]) : pipe(ends[i])) {
            err_set(err, ERR_INTERNAL, "pipe: %s", strerror(errno));
            return false;
        }
        fcntl(ends[i][0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i][1], F_SETFD, FD_CLOEXEC);
    }
    return true;
}

/* The pipe last: its number may be that of an end which was needed until then. */
static bool place(int ends[ENDS][2])
{
    if (dup2(ends[IN][0], 0) < 0 || dup2(ends[OUT][1], 1) < 0 || dup2(ends[ERRORS][1], 2) < 0) {
        return false;
    }
    if (ends[PIPE][1] == PIPE_FD) {
        return fcntl(PIPE_FD, F_SETFD, 0) == 0;
    }
    return ends[PIPE][1] < 0 || dup2(ends[PIPE][1], PIPE_FD) >= 0;
}

/* Comes back when that is not possible. */
static void become(const struct child_plan *plan, int ends[ENDS][2])
{
    if (place(ends) && (!plan->cwd || chdir(plan->cwd) == 0)) {
        if (plan->env) {
            environ = (char **)(uintptr_t)plan->env;
        }
        execvp(plan->argv[0], plan->argv);
    }
}

bool child_start(const struct child_plan *plan, struct child **out, struct err *err)
{
    int ends[ENDS][2] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    struct child *child = mem_new(sizeof *child);
    bool ok = false;

    child->fds[IN] = child->fds[OUT] = child->fds[ERRORS] = child->fds[PIPE] = -1;
    buf_init(&child->input, CHILD_OUTPUT_MAX);
    buf_init(&child->out, CHILD_OUTPUT_MAX);
    buf_init(&child->errors, CHILD_OUTPUT_MAX);
    if (plan->input) {
        buf_add(&child->input, buf_text(plan->input), plan->input->length);
    }
    if (!make_pipes(ends, plan->has_pipe, err)) {
        goto done;
    }
    child->pid = fork();
    if (child->pid == 0) {
        become(plan, ends);
        child_free(child);
        _exit(127);
    }
    if (child->pid < 0) {
        err_set(err, ERR_INTERNAL, "fork: %s", strerror(errno));
        goto done;
    }
    child->fds[IN] = ends[IN][1];
    child->fds[OUT] = ends[OUT][0];
    child->fds[ERRORS] = ends[ERRORS][0];
    child->fds[PIPE] = ends[PIPE][0];
    ends[IN][1] = ends[OUT][0] = ends[ERRORS][0] = ends[PIPE][0] = -1;
    fcntl(child->fds[IN], F_SETFL, O_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
    *out = child;
    child = NULL;
    ok = true;
done:
    for (int i = 0; i < ENDS; i++) {
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
    for (int i = 0; i < ENDS; i++) {
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

int child_pipe(const struct child *child)
{
    return child->fds[PIPE];
}

void child_hang_up(struct child *child)
{
    drop(&child->fds[PIPE]);
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
