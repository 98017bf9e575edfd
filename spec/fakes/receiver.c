/* The fast one: one thread, epoll, kept connections, answers 200 to every post and counts. A GET is
   answered with {"count":N,"keys":N}, keys being the different webhook-ids so far. */
#include "fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define FDS_MAX 4096
#define ROOM 65536
#define KEYS_ROOM (1U << 21)

struct peer {
    size_t length;
    char room[ROOM];
};

static struct peer *peers[FDS_MAX];
static uint64_t *keys; /* hashes of the ids seen; 0: free */
static long count;
static long different;

static void count_key(const char *key, size_t length)
{
    uint64_t hash = 1469598103934665603U;
    size_t at;

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)key[i]) * 1099511628211U;
    }
    hash |= 1;
    at = hash % KEYS_ROOM;
    while (keys[at] && keys[at] != hash) {
        at = (at + 1) % KEYS_ROOM;
    }
    if (!keys[at] && different < (long)KEYS_ROOM / 2) {
        keys[at] = hash;
        different++;
    }
}

static const char *header(const char *head, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = head; (at = strchr(at, '\n')); at++) {
        if (strncasecmp(at + 1, name, length) == 0) {
            return at + 1 + length + strspn(at + 1 + length, " ");
        }
    }
    return NULL;
}

static void answer(int fd, bool is_get)
{
    static const char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";
    char text[256];
    char body[64];

    if (is_get) {
        snprintf(body, sizeof body, "{\"count\":%ld,\"keys\":%ld}", count, different);
        snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
                 strlen(body), body);
    }
    (void)!send(fd, is_get ? text : OK, is_get ? strlen(text) : sizeof OK - 1, MSG_NOSIGNAL);
}

/* Answers every whole request in the room; false when it holds none that could become whole. */
static bool take_requests(int fd, struct peer *peer)
{
    for (;;) {
        char *end;
        const char *size;
        const char *key;
        size_t whole;

        peer->room[peer->length] = '\0';
        end = strstr(peer->room, "\r\n\r\n");
        if (!end) {
            return peer->length < ROOM - 1;
        }
        *end = '\0';
        size = header(peer->room, "Content-Length:");
        whole = (size_t)(end - peer->room) + 4 + (size_t)(size ? atol(size) : 0);
        *end = '\r';
        if (peer->length < whole) {
            return whole < ROOM - 1;
        }
        if (strncmp(peer->room, "GET", 3) != 0) {
            key = header(peer->room, "webhook-id:");
            count++;
            if (key) {
                count_key(key, strcspn(key, "\r"));
            }
        }
        answer(fd, strncmp(peer->room, "GET", 3) == 0);
        peer->length -= whole;
        memmove(peer->room, peer->room + whole, peer->length);
    }
}

static void drop(int fd)
{
    mem_free(peers[fd]);
    peers[fd] = NULL;
    close(fd);
}

static void serve(int fd)
{
    struct peer *peer = peers[fd];
    ssize_t got = recv(fd, peer->room + peer->length, ROOM - 1 - peer->length, MSG_DONTWAIT);

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        drop(fd);
        return;
    }
    peer->length += (size_t)got;
    if (!take_requests(fd, peer)) {
        drop(fd);
    }
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void admit(int epoll, int listener)
{
    int one = 1;
    int fd = accept(listener, NULL, NULL);

    if (fd >= FDS_MAX) {
        close(fd);
    } else if (fd >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        peers[fd] = mem_new(sizeof *peers[fd]);
        watch(epoll, fd);
    }
}

int receiver_run(int listener)
{
    struct epoll_event events[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int kind;
    socklen_t size = sizeof kind;
    int control = getsockopt(3, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 ? 3 : 0;
    char room[64];

    keys = mem_array(KEYS_ROOM, sizeof *keys);
    watch(epoll, listener);
    watch(epoll, control);
    for (;;) {
        int ready = epoll_wait(epoll, events, 64, -1);

        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;

            if (fd == listener) {
                admit(epoll, fd);
            } else if (fd == control) {
                if (read(fd, room, sizeof room) <= 0) {
                    return 0;
                }
            } else {
                serve(fd);
            }
        }
    }
}
