/* Frames are gathered on both sides, because a system call and a waking for each message would cost
   more than the message. */
#include "net/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define HEAD 4
#define OP_ROOM 16
#define READ_BYTES ((size_t)256 * 1024)
#define ROOM_MAX ((size_t)256 * 1024 * 1024)

void wire_init(struct wire *wire, int fd)
{
    *wire = (struct wire){.fd = fd};
    buf_init(&wire->in, WIRE_FRAME_MAX + HEAD + READ_BYTES);
    buf_init(&wire->out, ROOM_MAX);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void wire_clear(struct wire *wire)
{
    buf_clear(&wire->in);
    buf_clear(&wire->out);
}

static bool is_gone(struct err *err)
{
    err_set(err, ERR_MISSING, "%s",
            SAY("管道的另一端已经关闭", "the other end of the pipe is gone"));
    return false;
}

static size_t rest_of(const struct wire *wire)
{
    return wire->in.length - wire->taken;
}

bool wire_fill(struct wire *wire, struct err *err)
{
    if (wire->taken) {
        memmove(wire->in.bytes, wire->in.bytes + wire->taken, rest_of(wire));
        wire->in.length -= wire->taken;
        wire->taken = 0;
    }
    for (bool has_read = false;; has_read = true) {
        size_t before = wire->in.length;
        size_t want = wire->in.ceiling - before < READ_BYTES ? 0 : READ_BYTES;
        char *at = want ? buf_extend(&wire->in, want) : NULL;
        ssize_t count = at ? recv(wire->fd, at, want, MSG_DONTWAIT) : 0;

        wire->in.length = before + (count > 0 ? (size_t)count : 0);
        if (!at || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))) {
            return true; /* enough for now, or all that is there */
        }
        if (count == 0 || (count < 0 && errno == ECONNRESET)) {
            return has_read || is_gone(err);
        }
        if (count < 0 && errno != EINTR) {
            err_set(err, ERR_INTERNAL, "recv: %s", strerror(errno));
            return false;
        }
        if (count >= 0 && (size_t)count < want) {
            return true;
        }
    }
}

bool wire_next(struct wire *wire, struct codec_in *out, struct err *err)
{
    const unsigned char *at = (const unsigned char *)wire->in.bytes + wire->taken;
    size_t length = 0;

    if (rest_of(wire) < HEAD) {
        return false;
    }
    for (unsigned i = 0; i < HEAD; i++) {
        length |= (size_t)at[i] << (8 * i);
    }
    if (length > WIRE_FRAME_MAX) {
        err_set(err, ERR_INVALID, SAY("消息有 %zu 字节，太大", "a frame of %zu bytes is too big"),
                length);
        return false;
    }
    if (rest_of(wire) < HEAD + length) {
        return false;
    }
    codec_begin(out, at + HEAD, length);
    wire->taken += HEAD + length;
    return true;
}

bool wire_flush(struct wire *wire, struct err *err)
{
    while (wire->sent < wire->out.length) {
        ssize_t count = send(wire->fd, wire->out.bytes + wire->sent, wire->out.length - wire->sent,
                             MSG_NOSIGNAL | MSG_DONTWAIT);

        if (count >= 0) {
            wire->sent += (size_t)count;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return true;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return is_gone(err);
        } else if (errno != EINTR) {
            err_set(err, ERR_INTERNAL, "send: %s", strerror(errno));
            return false;
        }
    }
    buf_reset(&wire->out);
    wire->sent = 0;
    return true;
}

bool wire_is_behind(const struct wire *wire)
{
    return wire->sent < wire->out.length;
}

static struct buf *begin(struct wire *wire)
{
    wire->start = wire->out.length;
    buf_add(&wire->out, "\0\0\0\0", HEAD);
    return &wire->out;
}

/* Writes the length in front of what was put since begin; takes it back when that is too much. */
static bool end(struct wire *wire)
{
    size_t length = wire->out.length - wire->start - HEAD;

    if (wire->out.is_over || length > WIRE_FRAME_MAX) {
        wire->out.length = wire->start;
        wire->out.is_over = false;
        return false;
    }
    for (unsigned i = 0; i < HEAD; i++) {
        wire->out.bytes[wire->start + i] = (char)(length >> (8 * i));
    }
    return true;
}

static void put_key(struct buf *out, const char *key)
{
    codec_put_string(out, key, strlen(key));
}

static void put_text(struct buf *out, const char *key, const char *text)
{
    put_key(out, key);
    codec_put_text(out, text ? text : "");
}

static void put_int(struct buf *out, const char *key, int64_t number)
{
    put_key(out, key);
    codec_put_int(out, number);
}

static void put_op(struct wire *wire, const char *op)
{
    struct buf *out = begin(wire);

    codec_put_map(out, 1);
    put_text(out, "op", op);
    (void)end(wire);
}

void wire_put_stop(struct wire *wire)
{
    put_op(wire, "stop");
}

void wire_put_ready(struct wire *wire)
{
    put_op(wire, "ready");
}

/* The keys of a map go in the order of their bytes. */
bool wire_put_send(struct wire *wire, const struct wire_send *send, struct err *err)
{
    struct buf *out = begin(wire);

    codec_put_map(out, send->tree ? 11 : 10);
    put_key(out, "again");
    codec_put_bool(out, send->is_again);
    put_int(out, "attempt", send->attempt);
    put_text(out, "channel", send->channel);
    put_key(out, "conf");
    codec_put_value(out, send->conf);
    put_int(out, "deadline_ms", send->deadline_ms);
    put_int(out, "id", send->id);
    put_text(out, "key", send->key);
    put_text(out, "kind", send->kind);
    put_key(out, "message");
    codec_put_value(out, send->message);
    put_text(out, "op", "send");
    if (send->tree) {
        put_key(out, "tree");
        codec_put_value(out, send->tree);
    }
    if (!end(wire)) {
        err_set(err, ERR_INVALID, "%s",
                SAY("消息太大，无法交给信使", "the message is too big to be handed over"));
        return false;
    }
    return true;
}

static bool is_broken(struct err *err)
{
    err_set(err, ERR_INVALID, "%s",
            SAY("管道上来了看不懂的消息", "a frame on the pipe makes no sense"));
    return false;
}

/* The text's own copies, so that a job may be moved. */
static bool get_text(struct codec_in *in, char *out, size_t room)
{
    const char *bytes;
    size_t length;

    if (!codec_get_string(in, &bytes, &length) || length >= room || memchr(bytes, '\0', length)) {
        return false;
    }
    memcpy(out, bytes, length);
    out[length] = '\0';
    return true;
}

static bool get_key(struct codec_in *in, struct wire_job *out)
{
    const char *bytes;
    size_t length;

    if (!codec_get_string(in, &bytes, &length)) {
        return false;
    }
    out->key = mem_text_n(bytes, length);
    return true;
}

static bool get_conf(struct codec_in *in, struct wire_job *out)
{
    return codec_skip(in, &out->conf, &out->conf_length);
}

/* One field of a job, straight to its place: this is done for every message there is. conf stays
   bytes, since most jobs of a channel come with the same. */
static bool get_field(struct codec_in *in, const char *name, char *op, struct wire_job *out)
{
    switch (name[0]) {
    case 'a':
        return name[1] == 'g' ? codec_get_bool(in, &out->send.is_again)
                              : codec_get_int(in, &out->send.attempt);
    case 'c':
        return name[1] == 'h' ? get_text(in, out->channel, sizeof out->channel) : get_conf(in, out);
    case 'd':
        return codec_get_int(in, &out->send.deadline_ms);
    case 'i':
        return codec_get_int(in, &out->send.id);
    case 'k':
        return name[1] == 'e' ? get_key(in, out) : get_text(in, out->kind, sizeof out->kind);
    case 'm':
        return codec_get_value(in, &out->message);
    case 'o':
        return get_text(in, op, OP_ROOM);
    default:
        return codec_get_value(in, &out->tree);
    }
}

static bool get_fields(struct codec_in *in, char *op, struct wire_job *out)
{
    static const char *const NAMES[] = {"again", "attempt", "channel", "conf", "deadline_ms", "id",
                                        "key",   "kind",    "message", "op",   "tree"};
    struct codec_key key = {0};
    size_t next = 0;
    size_t count;

    if (!codec_get_map(in, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!codec_get_key(in, &key) || !key.bytes) {
            return false;
        }
        /* Both go in the order of their bytes, so a name is looked for only once. */
        while (next < COUNT_OF(NAMES) && (strlen(NAMES[next]) != key.length ||
                                          memcmp(NAMES[next], key.bytes, key.length) != 0)) {
            next++;
        }
        if (next == COUNT_OF(NAMES) || !get_field(in, NAMES[next], op, out)) {
            return false;
        }
    }
    return true;
}

static bool is_whole(const struct wire_job *job)
{
    return job->send.id > 0 && job->kind[0] && job->channel[0] && job->key && job->conf &&
           (job->message || job->tree);
}

bool wire_get_job(struct codec_in *in, enum wire_op *op, struct wire_job *out, struct err *err)
{
    char word[OP_ROOM] = "";

    *out = (struct wire_job){0};
    if (!get_fields(in, word, out) || !codec_is_done(in) ||
        (strcmp(word, "stop") != 0 && (strcmp(word, "send") != 0 || !is_whole(out)))) {
        wire_job_clear(out);
        return is_broken(err);
    }
    *op = strcmp(word, "stop") == 0 ? WIRE_STOP : WIRE_SEND;
    return true;
}

void wire_job_clear(struct wire_job *job)
{
    value_free(job->message);
    value_free(job->tree);
    mem_free(job->key);
    *job = (struct wire_job){0};
}

void wire_put_outcome(struct wire *wire, const struct wire_outcome *outcome)
{
    struct buf *out = begin(wire);
    size_t extra = (outcome->ref ? 1U : 0U) + (outcome->partial ? 1U : 0U) +
                   (outcome->reply ? 1U : 0U) + (outcome->is_unsent ? 1U : 0U);

    codec_put_map(out, 9 + extra);
    put_int(out, "after", outcome->after_ms);
    put_int(out, "bytes", outcome->bytes);
    put_text(out, "code", outcome->code);
    put_text(out, "hint", outcome->hint);
    put_int(out, "id", outcome->id);
    put_int(out, "micros", outcome->micros);
    put_text(out, "outcome", outcome->outcome);
    if (outcome->partial) {
        put_key(out, "partial");
        codec_put_value(out, outcome->partial);
    }
    if (outcome->ref) {
        put_text(out, "ref", outcome->ref);
    }
    if (outcome->reply) {
        put_key(out, "reply");
        codec_put_string(out, outcome->reply, outcome->reply_length);
    }
    put_int(out, "status", outcome->status);
    put_text(out, "text", outcome->text);
    if (outcome->is_unsent) {
        put_key(out, "unsent");
        codec_put_bool(out, true);
    }
    (void)end(wire); /* every part is bounded far below a frame */
}

static const char *text_or_empty(const struct value *frame, const char *key)
{
    const char *text = value_get_text(frame, key);

    return text ? text : "";
}

bool wire_get_outcome(struct codec_in *in, struct value **frame, struct wire_outcome *outcome,
                      bool *is_ready, struct err *err)
{
    struct value *tree = NULL;
    const char *op;

    if (!codec_get_value(in, &tree) || !codec_is_done(in) || value_kind(tree) != VALUE_MAP) {
        value_free(tree);
        return is_broken(err);
    }
    op = value_get_text(tree, "op");
    *is_ready = op && strcmp(op, "ready") == 0;
    *outcome = (struct wire_outcome){0};
    if (!*is_ready) {
        *outcome = (struct wire_outcome){
            .id = value_get_int(tree, "id", 0),
            .outcome = value_get_text(tree, "outcome"),
            .status = value_get_int(tree, "status", 0),
            .code = text_or_empty(tree, "code"),
            .text = text_or_empty(tree, "text"),
            .hint = text_or_empty(tree, "hint"),
            .after_ms = value_get_int(tree, "after", 0),
            .micros = value_get_int(tree, "micros", 0),
            .bytes = value_get_int(tree, "bytes", 0),
            .ref = value_get_text(tree, "ref"),
            .partial = value_get(tree, "partial"),
            .reply = value_get_text(tree, "reply"),
            .reply_length = value_length(value_get(tree, "reply")),
            .is_unsent = value_get_bool(tree, "unsent"),
        };
    }
    if (!*is_ready && (outcome->id <= 0 || !outcome->outcome)) {
        value_free(tree);
        return is_broken(err);
    }
    *frame = tree;
    return true;
}
