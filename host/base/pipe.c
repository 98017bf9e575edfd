/* Length-prefixed messages between the processes of the house. A descriptor may block or not: with
   a deadline, poll decides when to go on, and no single call writes more than is sure to fit. The
   system calls are sendto (write on a pipe), read, poll, and sendmsg or recvmsg for descriptors. */
#include "base/pipe.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

enum {
    HEAD = 4,
    SMALL_FRAME = 32768
};

#define SPIN_US 200 /* an answer that comes within it costs no sleep and no waking */

static bool is_gone(struct err *err)
{
    err_set(err, ERR_MISSING, "%s",
            SAY("管道的另一端已经关闭", "the other end of the pipe is gone"));
    return false;
}

static bool fail(const char *what, struct err *err)
{
    err_set(err, ERR_INTERNAL, "%s: %s", what, strerror(errno));
    return false;
}

/* Waits until fd is ready for what; a hang-up counts as ready, the next call tells what happened.
 */
static bool wait_ready(int fd, short what, int64_t deadline, struct err *err)
{
    for (;;) {
        struct pollfd one = {.fd = fd, .events = what};
        int64_t rest = deadline ? deadline - clock_steady() : -1;
        int count;

        if (deadline && rest < 0) {
            rest = 0;
        }
        count = poll(&one, 1, rest > INT_MAX ? INT_MAX : (int)rest);
        if (count > 0) {
            return true;
        }
        if (count == 0 && deadline && clock_steady() >= deadline) {
            err_set(err, ERR_TIMEOUT, "%s",
                    SAY("等待管道超时", "the other end of the pipe took too long"));
            return false;
        }
        if (count < 0 && errno != EINTR) {
            return fail("poll", err);
        }
    }
}

static bool must_wait(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* One attempt. A pipe has no MSG_DONTWAIT, but PIPE_BUF bytes fit once poll says so. */
static ssize_t send_some(int fd, const char *bytes, size_t length, bool has_deadline)
{
    ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL | (has_deadline ? MSG_DONTWAIT : 0));

    if (count < 0 && errno == ENOTSOCK) {
        struct pollfd one = {.fd = fd, .events = POLLOUT};

        if (has_deadline && poll(&one, 1, 0) == 0) {
            errno = EAGAIN;
            return -1;
        }
        count = write(fd, bytes, has_deadline && length > PIPE_BUF ? PIPE_BUF : length);
    }
    return count;
}

static bool send_all(int fd, const void *data, size_t length, int64_t deadline, struct err *err)
{
    const char *bytes = data;

    while (length) {
        ssize_t count;

        /* No poll before the first try: a socket has room nearly always. */
        count = send_some(fd, bytes, length, deadline != 0);
        if (count >= 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return is_gone(err);
        } else if (must_wait()) {
            if (!wait_ready(fd, POLLOUT, deadline, err)) {
                return false;
            }
        } else if (errno != EINTR) {
            return fail("send", err);
        }
    }
    return true;
}

/* One attempt, which with a deadline never sleeps. */
static ssize_t receive_some(int fd, char *bytes, size_t length, bool has_deadline)
{
    ssize_t count = has_deadline ? recv(fd, bytes, length, MSG_DONTWAIT) : -1;

    if (!has_deadline || (count < 0 && errno == ENOTSOCK)) {
        struct pollfd one = {.fd = fd, .events = POLLIN};

        if (has_deadline && poll(&one, 1, 0) == 0) {
            errno = EAGAIN;
            return -1;
        }
        count = read(fd, bytes, length);
    }
    return count;
}

/* Waking up may take longer than a small answer does, so a while is spent looking first. */
static bool wait_readable(int fd, int64_t deadline, int64_t *spin_until, struct err *err)
{
    if (deadline) {
        int64_t now = clock_micros();

        *spin_until = *spin_until ? *spin_until : now + SPIN_US;
        if (now < *spin_until) {
            sched_yield();
            return true;
        }
    }
    return wait_ready(fd, POLLIN, deadline, err);
}

static bool read_all(int fd, void *data, size_t length, int64_t deadline, struct err *err)
{
    char *bytes = data;
    int64_t spin_until = 0;

    while (length) {
        ssize_t count = receive_some(fd, bytes, length, deadline != 0);

        if (count > 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (count == 0 || errno == ECONNRESET) {
            return is_gone(err);
        } else if (must_wait()) {
            if (!wait_readable(fd, deadline, &spin_until, err)) {
                return false;
            }
        } else if (errno != EINTR) {
            return fail("read", err);
        }
    }
    return true;
}

static bool refuse_length(uint64_t length, size_t limit, struct err *err)
{
    err_set(
        err, ERR_INVALID,
        SAY("消息有 %llu 字节，上限为 %llu", "a message of %llu bytes is over the limit of %llu"),
        (unsigned long long)length, (unsigned long long)limit);
    return false;
}

static bool send_frame(int fd, const void *bytes, size_t length, int64_t deadline, struct err *err)
{
    unsigned char frame[SMALL_FRAME];

    for (size_t i = 0; i < HEAD; i++) {
        frame[i] = (unsigned char)(length >> (8 * i));
    }
    /* One system call for a small frame, so that the reader wakes once. */
    if (length <= sizeof frame - HEAD) {
        if (length > 0) {
            memcpy(frame + HEAD, bytes, length);
        }
        return send_all(fd, frame, HEAD + length, deadline, err);
    }
    return send_all(fd, frame, HEAD, deadline, err) && send_all(fd, bytes, length, deadline, err);
}

bool pipe_send(int fd, const void *bytes, size_t length, int64_t deadline, struct err *err)
{
    return length > PIPE_FRAME_MAX ? refuse_length(length, PIPE_FRAME_MAX, err)
                                   : send_frame(fd, bytes, length, deadline, err);
}

bool pipe_send_up_to(int fd, const void *bytes, size_t length, size_t limit, struct err *err)
{
    return length > limit ? refuse_length(length, limit, err)
                          : send_frame(fd, bytes, length, 0, err);
}

bool pipe_receive(int fd, struct buf *out, size_t limit, int64_t deadline, struct err *err)
{
    unsigned char head[4];
    size_t length = 0;
    char *start;

    buf_reset(out);
    if (!read_all(fd, head, sizeof head, deadline, err)) {
        return false;
    }
    for (unsigned i = 0; i < sizeof head; i++) {
        length |= (size_t)head[i] << (8 * i);
    }
    start = length <= limit ? buf_extend(out, length) : NULL;
    if (!start) {
        return refuse_length(length, limit < out->ceiling ? limit : out->ceiling, err);
    }
    if (!read_all(fd, start, length, deadline, err)) {
        buf_reset(out); /* half a message is none */
        return false;
    }
    return true;
}

/* The control part of a message with room for one descriptor, aligned as the kernel wants it. */
union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
};

bool pipe_send_fd(int socket, int fd, struct err *err)
{
    char byte = 'd';
    struct iovec piece = {.iov_base = &byte, .iov_len = 1};
    union control control = {0};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    ssize_t count;

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    do {
        count = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return errno == EPIPE || errno == ECONNRESET ? is_gone(err) : fail("sendmsg", err);
    }
    return true;
}

bool pipe_receive_fd(int socket, int *fd, int64_t deadline, struct err *err)
{
    char byte;
    struct iovec piece = {.iov_base = &byte, .iov_len = 1};
    union control control = {0};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    struct cmsghdr *header;
    ssize_t count;

    do {
        if (!wait_ready(socket, POLLIN, deadline, err)) {
            return false;
        }
        count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    } while (count < 0 && (errno == EINTR || must_wait()));
    if (count < 0) {
        return fail("recvmsg", err);
    }
    header = CMSG_FIRSTHDR(&message);
    if (count == 0) {
        return is_gone(err);
    }
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof *fd)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("消息没有带来文件描述符", "the message brought no descriptor"));
        return false;
    }
    memcpy(fd, CMSG_DATA(header), sizeof *fd);
    return true;
}
