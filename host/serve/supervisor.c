/* Whatever may fail runs in children. The lock keeps others out while a keeper is started again,
   and the socket keeps their commands waiting for it. A keeper that dies is started again at once,
   then after ever longer pauses; one that falls silent is killed first. */
#include "serve/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/local.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "casework/site.h"
#include "script/confine.h"
#include "serve/errand.h"
#include "serve/tidings.h"

#define BEGIN_MS 100 /* the first pause; each is twice the one before */
#define LONGEST_MS 30000
#define CALM_MS 60000    /* a keeper that lived so long begins the count anew */
#define SILENT_MS 240000 /* longer than the longest run of a job, and a commit on a slow disk */
#define STOP_MS 30000    /* for what is under way */
#define DESCRIPTORS 4096

#define READY 'r'
#define BEAT 'b'

struct watch {
    const struct supervisor *supervisor;
    struct post post;
    char *path;   /* of the socket */
    int report;   /* the end the keeper's words come out of */
    pid_t keeper; /* 0: none runs */
    bool is_ready;
    bool was_ready; /* some keeper was */
    bool is_over;   /* told to stop */
    bool is_failed; /* the first keeper could not begin */
    int64_t began;
    int64_t heard;   /* of the keeper, last */
    int64_t pause;   /* before the next start */
    int64_t act_at;  /* of clock_steady: start, or kill, is due */
    int64_t told_at; /* when systemd was told last that all is well */
    int64_t watchdog;
};

void post_ready(const struct post *post)
{
    ssize_t sent = write(post->report, &(char){READY}, 1);

    (void)sent; /* without a supervisor this process is about to end */
}

void post_beat(const struct post *post)
{
    ssize_t sent = write(post->report, &(char){BEAT}, 1);

    (void)sent;
}

static int next_signal(int fd)
{
    struct signalfd_siginfo info;

    return read(fd, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

enum post_word post_signal(const struct post *post)
{
    switch (next_signal(post->signals)) {
    case SIGTERM:
        return POST_STOP;
    case SIGHUP:
        return POST_RELOAD;
    default:
        return POST_NOTHING;
    }
}

/* Signals come as bytes, so that nothing happens between two lines of code. */
static int open_signals(bool is_supervisor, struct err *err)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    if (is_supervisor) { /* ^C reaches the whole group; only the supervisor takes it for an order */
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGCHLD);
    }
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 ||
        (fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0) {
        err_set(err, ERR_INTERNAL, "signalfd: %s", strerror(errno));
        return -1;
    }
    return fd;
}

/* Nothing of a keeper's memory reaches a file or another process, and a crowd finds room. */
static void settle_limits(void)
{
    struct rlimit limit = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &limit);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < DESCRIPTORS) {
        limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* ---- the keeper ---- */

NO_RETURN static void be_keeper(const struct watch *watch, int report, int parent)
{
    struct err err = {0};
    struct post post = watch->post;
    int code = 1;

    confine_tie(parent);
    close(watch->post.signals);
    close(watch->report);
    post.report = report;
    post.signals = open_signals(false, &err);
    if (post.signals >= 0) {
        code = watch->supervisor->keep(watch->supervisor->context, &post);
    } else {
        log_warn("%s", err.text);
    }
    fflush(NULL);
    _exit(code);
}

static bool start(struct watch *watch, struct err *err)
{
    int parent = (int)getpid();
    int ends[2];

    if (pipe(ends) != 0) {
        err_set(err, ERR_INTERNAL, "pipe: %s", strerror(errno));
        return false;
    }
    (void)fcntl(ends[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    fflush(NULL);
    watch->report = ends[0];
    watch->keeper = fork();
    if (watch->keeper == 0) {
        be_keeper(watch, ends[1], parent);
    }
    close(ends[1]);
    if (watch->keeper < 0) {
        err_set(err, ERR_INTERNAL, "fork: %s", strerror(errno));
        close(ends[0]);
        watch->report = -1;
        watch->keeper = 0;
        return false;
    }
    watch->is_ready = false;
    watch->began = watch->heard = clock_steady();
    watch->act_at = INT64_MAX;
    return true;
}

static void hear(struct watch *watch)
{
    char words[256];
    ssize_t count;

    while ((count = read(watch->report, words, sizeof words)) > 0) {
        watch->heard = clock_steady();
        if (!watch->is_ready && memchr(words, READY, (size_t)count)) {
            watch->is_ready = watch->was_ready = true;
            tidings_tell("READY=1\nSTATUS=ready");
        }
    }
}

static void say_end(int status)
{
    if (WIFSIGNALED(status)) {
        log_warn(SAY("主写进程被信号 %d 终止，即将重新启动",
                     "the keeper was ended by signal %d; it is started again"),
                 WTERMSIG(status));
    } else {
        log_warn(SAY("主写进程以状态 %d 结束，即将重新启动",
                     "the keeper ended with status %d; it is started again"),
                 WEXITSTATUS(status));
    }
}

/* The keeper has ended, however. */
static void bury(struct watch *watch)
{
    int status = 0;
    bool is_calm = clock_steady() - watch->began >= CALM_MS;

    if (!watch->keeper || waitpid(watch->keeper, &status, WNOHANG) != watch->keeper) {
        return;
    }
    hear(watch);
    close(watch->report);
    watch->report = -1;
    watch->keeper = 0;
    watch->is_failed = !watch->is_over && !watch->was_ready;
    if (watch->is_over || watch->is_failed) {
        return;
    }
    say_end(status);
    tidings_tell("STATUS=starting the keeper again");
    watch->pause = is_calm || !watch->pause ? BEGIN_MS : watch->pause * 2;
    watch->pause = watch->pause < LONGEST_MS ? watch->pause : LONGEST_MS;
    watch->act_at = clock_steady() + watch->pause;
}

/* ---- the loop ---- */

static void stop(struct watch *watch)
{
    if (watch->is_over) {
        return;
    }
    watch->is_over = true;
    tidings_tell("STOPPING=1\nSTATUS=stopping");
    (void)unlink(watch->path); /* who comes now waits for the lock instead */
    if (watch->keeper) {
        kill(watch->keeper, SIGTERM);
        watch->act_at = clock_steady() + STOP_MS;
    }
}

static void take_signals(struct watch *watch)
{
    int number;

    while ((number = next_signal(watch->post.signals)) != 0) {
        if (number == SIGTERM || number == SIGINT) {
            stop(watch);
        } else if (number == SIGHUP && watch->keeper) {
            kill(watch->keeper, SIGHUP);
        }
    }
    bury(watch);
}

static int64_t next_beat(const struct watch *watch)
{
    return watch->watchdog && watch->is_ready ? watch->told_at + watch->watchdog / 2 : INT64_MAX;
}

static void watch_keeper(struct watch *watch)
{
    int64_t now = clock_steady();
    bool is_silent = watch->keeper && now - watch->heard >= SILENT_MS;

    if (is_silent || (watch->keeper && watch->is_over && now >= watch->act_at)) {
        log_warn("%s",
                 SAY("主写进程没有回应，强行终止", "the keeper does not answer; it is killed"));
        kill(watch->keeper, SIGKILL);
        watch->heard = now;
        watch->act_at = INT64_MAX;
    }
    if (now >= next_beat(watch) && watch->keeper) {
        tidings_tell("WATCHDOG=1");
        watch->told_at = now;
    }
}

static int rest(const struct watch *watch)
{
    int64_t first = watch->act_at;
    int64_t now = clock_steady();

    if (watch->keeper) {
        first = first < next_beat(watch) ? first : next_beat(watch);
        first = first < watch->heard + SILENT_MS ? first : watch->heard + SILENT_MS;
    }
    return first == INT64_MAX ? -1 : first <= now ? 0 : (int)(first - now);
}

static bool run(struct watch *watch, struct err *err)
{
    if (!start(watch, err)) {
        return false;
    }
    while (watch->keeper || !(watch->is_over || watch->is_failed)) {
        struct pollfd polled[] = {{.fd = watch->post.signals, .events = POLLIN},
                                  {.fd = watch->report, .events = POLLIN}};

        if (poll(polled, COUNT_OF(polled), rest(watch)) < 0 && errno != EINTR) {
            err_set(err, ERR_INTERNAL, "poll: %s", strerror(errno));
            return false;
        }
        if (polled[1].revents & POLLHUP && !(polled[1].revents & POLLIN)) {
            (void)poll(NULL, 0, 1); /* its end is about to be told as a signal */
        }
        if (watch->report >= 0) {
            hear(watch);
        }
        take_signals(watch);
        watch_keeper(watch);
        if (!watch->keeper && !watch->is_over && !watch->is_failed &&
            clock_steady() >= watch->act_at && !start(watch, err)) {
            log_warn("%s", err->text);
            watch->act_at = clock_steady() + LONGEST_MS;
        }
    }
    return !watch->is_failed;
}

bool supervisor_run(const struct supervisor *supervisor, struct err *err)
{
    bool ok = false;
    struct watch watch = {.supervisor = supervisor,
                          .post = {-1, -1, -1, -1},
                          .report = -1,
                          .watchdog = tidings_watchdog()};

    settle_limits();
    watch.path = file_join(supervisor->folder, ERRAND_SOCKET);
    if (!site_take_lock(supervisor->folder, &watch.post.lock, err) ||
        !local_listen(watch.path, &watch.post.listener, err)) {
        goto done;
    }
    watch.post.signals = open_signals(true, err);
    if (watch.post.signals < 0) {
        goto done;
    }
    ok = run(&watch, err);
done:
    if (watch.post.listener >= 0) {
        (void)unlink(watch.path);
        close(watch.post.listener);
    }
    if (watch.post.signals >= 0) {
        close(watch.post.signals);
    }
    if (watch.post.lock >= 0) {
        close(watch.post.lock);
    }
    mem_free(watch.path);
    return ok;
}
