/* What the sandbox library forgets, this stops: after confine_now a system call that is not on the
   list kills the process, and the few on it reach nothing but the pipe. Landlock and the limits are
   second lines, taken as far as the kernel has them. */
#include "script/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

#define STACK_BYTES (8ul * 1024 * 1024)
#define LIFE_CPU_SECONDS 3600 /* the backstop behind the clock of each item */
#define FDS_MAX 65536

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "confine knows x86_64 and aarch64"
#endif

#define FIELD(name) ((uint32_t)offsetof(struct seccomp_data, name))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define GIVE(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (count))
#define ALLOW(number) SKIP_UNLESS(number, 1), GIVE(SECCOMP_RET_ALLOW)
/* Allowed when the low half of that argument is the value; the number is loaded again for those
 * after. */
#define ALLOW_WITH(number, argument, value)                                     \
    SKIP_UNLESS(number, 4), LOAD(FIELD(args[argument])), SKIP_UNLESS(value, 1), \
        GIVE(SECCOMP_RET_ALLOW), GIVE(SECCOMP_RET_KILL_PROCESS)

bool confine_is_available(struct err *err)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;

    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) {
        return true;
    }
    err_set(err, ERR_DENIED, "%s",
            SAY("本机内核不支持 seccomp，不能安全地运行脚本",
                "this kernel has no seccomp, so scripts cannot run safely"));
    return false;
}

bool confine_program(char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);

    if (length < 0) {
        return false;
    }
    out[length] = '\0';
    return true;
}

void confine_tie(int parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != (pid_t)parent) {
        _exit(0);
    }
}

void confine_hide(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void close_between(unsigned first, unsigned last)
{
    if (first > last) {
        return;
    }
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, last, 0) == 0) {
        return;
    }
#endif
    for (unsigned fd = first; fd <= last && fd < FDS_MAX; fd++) {
        close((int)fd);
    }
}

void confine_close(const int *keep, size_t count)
{
    unsigned first = 0;

    for (;;) {
        unsigned next = UINT32_MAX;

        for (size_t i = 0; i < count; i++) {
            if (keep[i] >= 0 && (unsigned)keep[i] >= first && (unsigned)keep[i] < next) {
                next = (unsigned)keep[i];
            }
        }
        if (next == UINT32_MAX) {
            close_between(first, INT32_MAX);
            return;
        }
        if (next > first) {
            close_between(first, next - 1);
        }
        first = next + 1;
    }
}

static void limit(int what, rlim_t soft, rlim_t hard)
{
    struct rlimit both = {soft, hard};

    (void)setrlimit((__rlimit_resource_t)what,
                    &both); /* a second line: a lower one set already is as good */
}

static void set_limits(size_t address_space)
{
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_FSIZE, 0, 0);
    limit(RLIMIT_NPROC, 0, 0);
    limit(RLIMIT_STACK, STACK_BYTES, STACK_BYTES);
    limit(RLIMIT_CPU, LIFE_CPU_SECONDS, LIFE_CPU_SECONDS + 5);
    limit(RLIMIT_NOFILE, CONFINE_FD + 1, CONFINE_FD + 1);
#ifndef DUBAN_NO_CONFINE
    limit(RLIMIT_AS, address_space, address_space);
#else
    (void)address_space;
#endif
}

#ifndef DUBAN_NO_CONFINE

/* An empty rule set: nothing below any path, no port, no abstract socket, no signal outside. */
static void lock_land(void)
{
    static const uint64_t FILES[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff}; /* by ABI */
    struct {
        uint64_t files;
        uint64_t net;
        uint64_t scoped;
    } rules = {0};
    const long CREATE = 444;
    const long RESTRICT = 446;
    long abi = syscall(CREATE, NULL, 0, 1u);
    size_t size = abi < 4 ? 8 : abi < 6 ? 16 : 24;
    long fd;

    if (abi < 1) {
        return;
    }
    rules.files = FILES[abi < 5 ? abi : 5];
    rules.net = abi < 4 ? 0 : 3;
    rules.scoped = abi < 6 ? 0 : 3;
    fd = syscall(CREATE, &rules, size, 0u);
    if (fd >= 0) {
        (void)syscall(RESTRICT, (int)fd, 0u);
        close((int)fd);
    }
}

static bool lock_calls(struct err *err)
{
    struct sock_filter steps[] = {
        LOAD(FIELD(arch)),
        SKIP_UNLESS(ARCH, 1),
        BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0),
        GIVE(SECCOMP_RET_KILL_PROCESS),
        LOAD(FIELD(nr)),
        ALLOW_WITH(SYS_read, 0, CONFINE_FD),
        ALLOW_WITH(SYS_write, 0, CONFINE_FD),
        ALLOW_WITH(SYS_sendto, 4, 0), /* no address: the pipe is connected */
        ALLOW_WITH(SYS_madvise, 2, MADV_DONTNEED),
        SKIP_UNLESS(SYS_mmap, 4),
        LOAD(FIELD(args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),
        GIVE(SECCOMP_RET_ALLOW),
        GIVE(SECCOMP_RET_KILL_PROCESS),
#ifdef SYS_poll
        ALLOW(SYS_poll),
#endif
        ALLOW(SYS_ppoll),
        ALLOW(SYS_brk),
        ALLOW(SYS_munmap),
        ALLOW(SYS_mremap),
        ALLOW(SYS_futex),
        ALLOW(SYS_clock_gettime),
        ALLOW(SYS_sched_yield),
        ALLOW(SYS_getrandom),
        ALLOW(SYS_rt_sigreturn),
        ALLOW(SYS_restart_syscall),
        ALLOW(SYS_exit),
        ALLOW(SYS_exit_group),
        GIVE(SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog program = {.len = (unsigned short)COUNT_OF(steps), .filter = steps};

    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
        err_set(err, ERR_DENIED, "seccomp: %s", strerror(errno));
        return false;
    }
    return true;
}

#endif

static void empty_environment(void)
{
    bool is_zh = text_is_zh();

    clearenv();
    setenv("DUBAN_LANG", is_zh ? "zh" : "en", 1);
    setenv("TZ", CONFINE_ZONE, 1); /* else a zone file is looked for */
}

bool confine_now(int fd, size_t address_space, bool is_loose, struct err *err)
{
    static const int KEEP[] = {CONFINE_FD};

    if (fd != CONFINE_FD && dup2(fd, CONFINE_FD) < 0) {
        err_set(err, ERR_INTERNAL, "dup2: %s", strerror(errno));
        return false;
    }
    confine_close(KEEP, COUNT_OF(KEEP));
    empty_environment();
    set_limits(address_space);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 && !is_loose) {
        err_set(err, ERR_DENIED, "no_new_privs: %s", strerror(errno));
        return false;
    }
#ifndef DUBAN_NO_CONFINE
    lock_land();
    return lock_calls(err) || is_loose;
#else
    (void)is_loose;
    return true;
#endif
}
