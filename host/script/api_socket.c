/* raw.socket: one end of a socket in the file system, for the project's own specs in the
   trusted interpreter, which send what no honest client would. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/local.h"
#include "script/api.h"
#include "script/bind.h"

#define SOCKET "duban.socket"
#define WAIT_MS 10000
#define PIECE ((size_t)256 * 1024)

struct box {
    bool is_open;
    int fd;
};

static int l_connect(lua_State *L)
{
    struct err err = {0};
    const char *path = luaL_checkstring(L, 1);
    struct box *box = bind_box(L, sizeof *box, SOCKET);

    box->is_open = local_connect(path, &box->fd, &err);
    return box->is_open ? 1 : bind_fail(L, &err);
}

/* letterbox(path): takes datagrams sent to it; each receive gives one. */
static int l_letterbox(lua_State *L)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const void *where = &address;
    size_t length = 0;
    const char *path = luaL_checklstring(L, 1, &length);
    struct box *box;

    luaL_argcheck(L, length < sizeof address.sun_path, 1, "the path is too long");
    memcpy(address.sun_path, path, length);
    box = bind_box(L, sizeof *box, SOCKET);
    box->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    box->is_open = box->fd >= 0;
    if (!box->is_open || bind(box->fd, where, sizeof address) != 0) {
        struct err err;

        err_set(&err, ERR_INTERNAL, "%s: %s", path, file_reason(errno));
        return bind_fail(L, &err);
    }
    return 1;
}

static struct box *open_box(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, SOCKET);

    luaL_argcheck(L, box->is_open, 1, "the socket is closed");
    return box;
}

static int fail(lua_State *L, enum err_kind kind, const char *text)
{
    struct err err;

    err_set(&err, kind, "%s", text);
    return bind_fail(L, &err);
}

/* send(socket, bytes, ms) gives how many went: fewer when the other end takes no more. */
static int l_send(lua_State *L)
{
    const struct box *box = open_box(L);
    size_t length = 0;
    const char *bytes = luaL_checklstring(L, 2, &length);
    int ms = (int)luaL_optinteger(L, 3, WAIT_MS);
    size_t sent = 0;

    while (sent < length) {
        struct pollfd one = {.fd = box->fd, .events = POLLOUT};
        ssize_t count = send(box->fd, bytes + sent, length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (count > 0) {
            sent += (size_t)count;
        } else if (errno != EAGAIN && errno != EINTR) {
            return fail(L, ERR_MISSING, file_reason(errno));
        } else if (poll(&one, 1, ms) == 0) {
            break;
        }
    }
    lua_pushinteger(L, (lua_Integer)sent);
    return 1;
}

/* receive(socket, ms) gives some bytes, "" at the end. */
static int l_receive(lua_State *L)
{
    const struct box *box = open_box(L);
    int ms = (int)luaL_optinteger(L, 2, WAIT_MS);
    struct pollfd one = {.fd = box->fd, .events = POLLIN};
    luaL_Buffer bytes;
    char *room;
    ssize_t count;

    if (poll(&one, 1, ms) == 0) {
        return fail(L, ERR_TIMEOUT, "nothing came");
    }
    room = luaL_buffinitsize(L, &bytes, PIECE);
    count = recv(box->fd, room, PIECE, MSG_DONTWAIT);
    luaL_pushresultsize(&bytes, count > 0 ? (size_t)count : 0);
    return count >= 0 ? 1 : fail(L, ERR_MISSING, file_reason(errno));
}

static int l_close(lua_State *L)
{
    struct box *box = luaL_checkudata(L, 1, SOCKET);

    if (box->is_open) {
        close(box->fd);
        box->is_open = false;
    }
    return 0;
}

static const struct luaL_Reg FUNCTIONS[] = {{"close", l_close},         {"connect", l_connect},
                                            {"letterbox", l_letterbox}, {"receive", l_receive},
                                            {"send", l_send},           {NULL, NULL}};

static void prepare(lua_State *L)
{
    bind_type(L, SOCKET, NULL, l_close);
}

const struct api_module API_SOCKET = {"raw.socket", FUNCTIONS, API_TRUSTED, prepare};
