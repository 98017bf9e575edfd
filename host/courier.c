/* duban-courier: sends what the keeper hands over. Started by the keeper with one end of a pair of
   sockets as descriptor 3 (or the number in the first word); ends when the other end closes. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "net/courier.h"
#include "net/wire.h"

#define FILES_MAX 4096

/* Secrets pass through this process: no core, no debugger, no more rights by any program it could
   start. */
static bool lock_in(void)
{
    struct rlimit none = {0, 0};
    struct rlimit files;

    umask(027);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < FILES_MAX) {
        files.rlim_cur = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
           prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

/* The pipe as WIRE_FD and nothing else but the three standard ones. */
static bool take_pipe(const char *word)
{
    char *end = NULL;
    long fd = word ? strtol(word, &end, 10) : WIRE_FD;
    int kind = 0;
    socklen_t size = sizeof kind;

    if ((word && (*end || fd < 0 || fd > FILES_MAX)) ||
        getsockopt((int)fd, SOL_SOCKET, SO_TYPE, &kind, &size) != 0 ||
        (fd != WIRE_FD && dup2((int)fd, WIRE_FD) < 0)) {
        return false;
    }
    fcntl(WIRE_FD, F_SETFD, FD_CLOEXEC);
    (void)syscall(SYS_close_range, WIRE_FD + 1, ~0U, 0);
    return true;
}

int main(int argc, char **argv)
{
    struct secret_environment *environment;
    struct err err = {0};
    bool ok;

    if (argc > 2 || !take_pipe(argc == 2 ? argv[1] : NULL)) {
        fputs(SAY("duban-courier 由 duban 启动，不单独运行\n",
                  "duban-courier is started by duban, not by itself\n"),
              stderr);
        return 2;
    }
    if (!lock_in()) {
        log_warn("%s", SAY("信使无法自我封闭", "the courier could not lock itself in"));
        return 1;
    }
    environment = secret_take_environment();
    ok = courier_run(WIRE_FD, environment, &err);
    secret_free_environment(environment);
    if (!ok) {
        log_warn("%s: %s", SAY("信使", "courier"), err.text);
    }
    return ok ? 0 : 1;
}
