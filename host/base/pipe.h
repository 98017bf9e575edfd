/* Length-prefixed messages over a pair of sockets or pipes: bounded, with a deadline, EINTR-proof.
 */
#ifndef DUBAN_PIPE_H
#define DUBAN_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define PIPE_FRAME_MAX ((size_t)16 * 1024 * 1024)

/* Writes 4 bytes of length (little endian) and the bytes. deadline is of clock_steady, 0 for none.
   ERR_TIMEOUT when it passes, ERR_MISSING when the other end is gone (no SIGPIPE). */
MUST_USE bool pipe_send(int fd, const void *bytes, size_t length, int64_t deadline,
                        struct err *err);
/* The same without a deadline, up to a limit of the caller's instead of PIPE_FRAME_MAX. */
MUST_USE bool pipe_send_up_to(int fd, const void *bytes, size_t length, size_t limit,
                              struct err *err);
/* Reads one frame into out (reset first, NUL-terminated). ERR_INVALID over the limit. */
MUST_USE bool pipe_receive(int fd, struct buf *out, size_t limit, int64_t deadline,
                           struct err *err);
/* Passes a descriptor along a Unix socket, or takes one. */
MUST_USE bool pipe_send_fd(int socket, int fd, struct err *err);
MUST_USE bool pipe_receive_fd(int socket, int *fd, int64_t deadline, struct err *err);

#endif
