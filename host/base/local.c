/* A name in the file system may be longer than the address of a socket holds; then it is reached
   through the descriptor of its folder. */
#include "base/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#define BACKLOG 1024

struct place {
    struct sockaddr_un address;
    int folder; /* -1: not needed */
};

static bool find(const char *path, struct place *place)
{
    size_t room = sizeof place->address.sun_path;
    const char *slash = strrchr(path, '/');
    char *folder;
    int length;

    *place = (struct place){.address = {.sun_family = AF_UNIX}, .folder = -1};
    if (strlen(path) < room) {
        memcpy(place->address.sun_path, path, strlen(path) + 1);
        return true;
    }
    if (!slash) {
        errno = ENAMETOOLONG;
        return false;
    }
    folder = mem_text_n(path, (size_t)(slash - path) + 1);
    place->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mem_free(folder);
    if (place->folder < 0) {
        return false;
    }
    length =
        snprintf(place->address.sun_path, room, "/proc/self/fd/%d/%s", place->folder, slash + 1);
    return length > 0 && (size_t)length < room;
}

static void leave(struct place *place)
{
    if (place->folder >= 0) {
        close(place->folder);
    }
}

static const struct sockaddr *address_of(const struct place *place)
{
    const void *address = &place->address;

    return address;
}

static int new_socket(int flags)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
}

bool local_listen(const char *path, int *fd, struct err *err)
{
    struct place place;
    struct stat info;
    int made = -1;
    bool ok;

    if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode)) {
        (void)unlink(path); /* when it stays, bind says so */
    }
    ok = find(path, &place) && (made = new_socket(SOCK_NONBLOCK)) >= 0 &&
         bind(made, address_of(&place), sizeof place.address) == 0 && chmod(path, 0666) == 0 &&
         listen(made, BACKLOG) == 0;
    if (!ok) {
        err_set(err, ERR_INTERNAL, SAY("不能在 %s 监听：%s", "cannot listen at %s: %s"), path,
                file_reason(errno));
        if (made >= 0) {
            close(made);
        }
    } else {
        *fd = made;
    }
    leave(&place);
    return ok;
}

bool local_connect(const char *path, int *fd, struct err *err)
{
    struct place place;
    int made = -1;
    bool ok = find(path, &place) && (made = new_socket(0)) >= 0 &&
              connect(made, address_of(&place), sizeof place.address) == 0;

    if (!ok) {
        err_set(err, ERR_MISSING, SAY("%s 没有应答：%s", "nobody answers at %s: %s"), path,
                file_reason(errno));
        if (made >= 0) {
            close(made);
        }
    } else {
        *fd = made;
    }
    leave(&place);
    return ok;
}

bool local_accept(int listener, int *fd, int64_t *uid)
{
    struct {
        int pid;
        unsigned uid;
        unsigned gid;
    } who = {0}; /* struct ucred, which the headers keep for _GNU_SOURCE */
    socklen_t length = sizeof who;
    int made;

    do {
        made = accept(listener, NULL, NULL);
    } while (made < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (made < 0) {
        return false;
    }
    if (fcntl(made, F_SETFD, FD_CLOEXEC) != 0 || fcntl(made, F_SETFL, O_NONBLOCK) != 0 ||
        getsockopt(made, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) {
        close(made);
        return false;
    }
    *fd = made;
    *uid = who.uid;
    return true;
}
