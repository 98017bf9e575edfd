/* raw.probe: try(name) makes one system call that the lock must stop, as code that broke out of Lua
   would. It returns true when the call went through, which is the failure the spec looks for. */
#include "script/probe.h"

#ifdef DUBAN_TEST

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/base.h"
#include "script/bind.h"

struct attempt {
    const char *name;
    long number;
    long args[6];
};

#define PATH ((long)(intptr_t) "/etc/passwd")
#define FOLDER ((long)(intptr_t) "/tmp")
#define ROOM ((long)(intptr_t)room)
#define AT_CWD (-100L)

static char room[4096];

#define ATTEMPTS                                                                                 \
    {"openat", SYS_openat, {AT_CWD, PATH, 0}}, {"openat2", 437, {AT_CWD, PATH, ROOM, 24}},       \
        {"socket", SYS_socket, {1, 1, 0}}, {"socketpair", SYS_socketpair, {1, 1, 0, ROOM}},      \
        {"connect", SYS_connect, {3, ROOM, 16}}, {"bind", SYS_bind, {3, ROOM, 16}},              \
        {"accept", SYS_accept, {3, 0, 0}}, {"sendmsg", SYS_sendmsg, {3, ROOM, 0}},               \
        {"recvmsg", SYS_recvmsg, {3, ROOM, 0}},                                                  \
        {"sendto_address", SYS_sendto, {3, ROOM, 1, 0, ROOM, 16}}, {"clone", SYS_clone, {17}},   \
        {"clone3", 435, {ROOM, 64}}, {"execve", SYS_execve, {PATH, 0, 0}},                       \
        {"execveat", SYS_execveat, {AT_CWD, PATH, 0, 0, 0}}, {"kill", SYS_kill, {1, 0}},         \
        {"tgkill", SYS_tgkill, {1, 1, 0}}, {"ptrace", SYS_ptrace, {0, 0, 0, 0}},                 \
        {"process_vm_readv", SYS_process_vm_readv, {1, 0, 0, 0, 0, 0}},                          \
        {"prctl", SYS_prctl, {38, 1, 0, 0, 0}}, {"seccomp", SYS_seccomp, {1, 0, 0}},             \
        {"bpf", SYS_bpf, {0, ROOM, 8}}, {"mprotect_exec", SYS_mprotect, {ROOM, 4096, 7}},        \
        {"mmap_exec", SYS_mmap, {0, 4096, 7, 0x22, -1, 0}},                                      \
        {"memfd_create", SYS_memfd_create, {PATH, 0}}, {"dup", SYS_dup, {3}},                    \
        {"dup3", SYS_dup3, {3, 5, 0}}, {"fcntl", SYS_fcntl, {3, 3}},                             \
        {"ioctl", SYS_ioctl, {3, 0, 0}}, {"unlinkat", SYS_unlinkat, {AT_CWD, PATH, 0}},          \
        {"mkdirat", SYS_mkdirat, {AT_CWD, PATH, 0700}}, {"chdir", SYS_chdir, {FOLDER}},          \
        {"getdents64", SYS_getdents64, {3, ROOM, 4096}}, {"setuid", SYS_setuid, {0}},            \
        {"unshare", SYS_unshare, {0x10000000}}, {"setns", SYS_setns, {3, 0}},                    \
        {"mount", SYS_mount, {PATH, FOLDER, 0, 0, 0}}, {"shmget", SYS_shmget, {0, 4096, 01600}}, \
        {"msgget", SYS_msgget, {0, 01600}}, {"inotify_init1", SYS_inotify_init1, {0}},           \
        {"io_uring_setup", 425, {8, ROOM}}, {"timer_create", SYS_timer_create, {0, 0, ROOM}},    \
        {"setitimer", SYS_setitimer, {2, ROOM, 0}}, {"setrlimit", SYS_setrlimit, {7, ROOM}},     \
        {"prlimit64", SYS_prlimit64, {0, 7, 0, ROOM}}, {"write_other", SYS_write, {2, ROOM, 1}}, \
        {"read_other", SYS_read, {0, ROOM, 1}}, {"keyctl", SYS_keyctl, {0, 0, 0}},               \
        {"rt_sigaction", SYS_rt_sigaction, {27, 0, ROOM, 8}}, {"getpid", SYS_getpid, {0}},       \
    {                                                                                            \
        "reboot", SYS_reboot,                                                                    \
        {                                                                                        \
            0, 0, 0                                                                              \
        }                                                                                        \
    }

static int l_names(lua_State *L)
{
    const struct attempt attempts[] = {ATTEMPTS};

    lua_createtable(L, (int)COUNT_OF(attempts), 0);
#ifdef DUBAN_NO_CONFINE
    return 1; /* nothing is locked in a build for the sanitizers */
#endif
    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        lua_pushstring(L, attempts[i].name);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

static int l_try(lua_State *L)
{
    const struct attempt attempts[] = {ATTEMPTS};
    const char *name = luaL_checkstring(L, 1);

    for (size_t i = 0; i < COUNT_OF(attempts); i++) {
        const long *a = attempts[i].args;

        if (strcmp(attempts[i].name, name) == 0) {
            lua_pushboolean(L,
                            syscall(attempts[i].number, a[0], a[1], a[2], a[3], a[4], a[5]) != -1);
            return 1;
        }
    }
    return luaL_argerror(L, 1, "no such attempt");
}

static const struct luaL_Reg FUNCTIONS[] = {{"names", l_names}, {"try", l_try}, {NULL, NULL}};

const struct api_module API_PROBE = {"raw.probe", FUNCTIONS, API_EVERYWHERE, NULL};

#endif
