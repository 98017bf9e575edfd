/* Every connection is in one of three states: a frame comes in, its answer goes out, or nothing.
   Memory is what bounds a crowd: bytes are kept as they come, never as they are announced; frames
   beyond a small size need one of a few slots, one for each user; and who takes too long over a
   frame is dropped. */
#include "serve/reception.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/local.h"
#include "base/mem.h"
#include "base/text.h"
#include "serve/errand.h"

#define HEAD 4u
#define SMALL ((size_t)64 * 1024) /* what anybody may keep here */
#define LARGE_SLOTS 4             /* frames beyond that, at once */
#define PATIENCE_MS 30000         /* for one frame */
#define PATIENCE_PER_MB 1000      /* and so much more */
#define ROUND 64                  /* events taken at a time */
#define PIECE 65536

enum state {
    STATE_IDLE,    /* between frames */
    STATE_COMING,  /* a frame is on its way in */
    STATE_WAITING, /* a large one waits for its slot and is not read */
    STATE_ARRIVED, /* complete, to be answered in this step */
    STATE_GOING    /* the answer is on its way out */
};

struct caller {
    int fd;
    int64_t uid;
    uint32_t events; /* that are watched for */
    enum state state;
    bool is_large;
    bool is_last;  /* closed when the answer is out */
    size_t wanted; /* bytes of the frame, with its head */
    size_t sent;
    int64_t deadline; /* of clock_steady; INT64_MAX: none */
    int64_t since;    /* of the last frame */
    struct buf in;
    struct buf out; /* with its head */
};

struct reception {
    int epoll;
    int listener;
    errands_fn *answer;
    void *context;
    struct caller *callers[RECEPTION_MAX];
    size_t count;
    size_t large;
    bool has_newcomers; /* somebody knocks: let in when everybody else had a turn */
    struct errand errands[RECEPTION_MAX];
    struct caller *arrived[RECEPTION_MAX];
    struct buf reply;
    char piece[PIECE];
};

static bool watch(const struct reception *reception, struct caller *caller, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = caller};

    if (caller->events == events) {
        return true;
    }
    caller->events = events;
    return epoll_ctl(reception->epoll, EPOLL_CTL_MOD, caller->fd, &event) == 0;
}

bool reception_open(int listener, errands_fn *answer, void *context, struct reception **out,
                    struct err *err)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    struct reception *reception = mem_new(sizeof *reception);

    reception->listener = listener;
    reception->answer = answer;
    reception->context = context;
    buf_init(&reception->reply, ERRAND_ANSWER_MAX + PIECE);
    reception->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (reception->epoll < 0 || epoll_ctl(reception->epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
        err_set(err, ERR_INTERNAL, "epoll: %s", strerror(errno));
        reception_close(reception);
        return false;
    }
    *out = reception;
    return true;
}

static void free_slot(struct reception *reception, struct caller *caller)
{
    if (!caller->is_large) {
        return;
    }
    caller->is_large = false;
    reception->large--;
    for (size_t i = 0; i < reception->count; i++) {
        struct caller *other = reception->callers[i];

        if (other->state == STATE_WAITING) {
            other->state = STATE_COMING; /* asks for a slot again when it is read */
            (void)watch(reception, other, EPOLLIN);
        }
    }
}

static void drop(struct reception *reception, struct caller *caller)
{
    for (size_t i = 0; i < reception->count; i++) {
        if (reception->callers[i] == caller) {
            reception->callers[i] = reception->callers[--reception->count];
            break;
        }
    }
    free_slot(reception, caller);
    close(caller->fd); /* epoll forgets it with that */
    buf_clear(&caller->in);
    buf_clear(&caller->out);
    mem_free(caller);
}

void reception_close(struct reception *reception)
{
    if (!reception) {
        return;
    }
    while (reception->count) {
        drop(reception, reception->callers[0]);
    }
    if (reception->epoll >= 0) {
        close(reception->epoll);
    }
    buf_clear(&reception->reply);
    mem_free(reception);
}

int reception_fd(const struct reception *reception)
{
    return reception->epoll;
}

int64_t reception_wake_at(const struct reception *reception)
{
    int64_t first = INT64_MAX;

    for (size_t i = 0; i < reception->count; i++) {
        if (reception->callers[i]->deadline < first) {
            first = reception->callers[i]->deadline;
        }
    }
    return first;
}

static int64_t patience(size_t length)
{
    return clock_steady() + PATIENCE_MS + (int64_t)(length >> 20) * PATIENCE_PER_MB;
}

/* ---- going out ---- */

static void begin_frame(struct caller *caller)
{
    buf_clear(&caller->in);
    buf_init(&caller->in, ERRAND_MAX + HEAD);
    caller->state = STATE_IDLE;
    caller->wanted = 0;
    caller->deadline = INT64_MAX;
    caller->since = clock_steady();
}

/* Sends what the socket takes; the caller may be gone afterwards. */
static void send_on(struct reception *reception, struct caller *caller)
{
    while (caller->sent < caller->out.length) {
        ssize_t count = send(caller->fd, caller->out.bytes + caller->sent,
                             caller->out.length - caller->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (count > 0) {
            caller->sent += (size_t)count;
        } else if (count < 0 && errno == EINTR) {
            continue;
        } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (!watch(reception, caller, EPOLLOUT)) {
                drop(reception, caller);
            }
            return;
        } else {
            drop(reception, caller);
            return;
        }
    }
    buf_clear(&caller->out);
    if (caller->is_last || !watch(reception, caller, EPOLLIN)) {
        drop(reception, caller);
        return;
    }
    begin_frame(caller);
}

static void reply(struct reception *reception, struct caller *caller, const struct buf *bytes)
{
    unsigned char head[HEAD];

    for (unsigned i = 0; i < HEAD; i++) {
        head[i] = (unsigned char)(bytes->length >> (8 * i));
    }
    buf_clear(&caller->in);
    free_slot(reception, caller);
    buf_init(&caller->out, ERRAND_ANSWER_MAX + PIECE + HEAD);
    buf_add(&caller->out, head, sizeof head);
    buf_add(&caller->out, bytes->bytes, bytes->length);
    caller->sent = 0;
    caller->state = STATE_GOING;
    caller->deadline = patience(bytes->length);
    send_on(reception, caller);
}

/* One sentence and good-bye. */
static void refuse(struct reception *reception, struct caller *caller, const char *sentence)
{
    caller->is_last = true;
    errand_refuse(&reception->reply, sentence);
    reply(reception, caller, &reception->reply);
}

/* ---- coming in ---- */

static bool user_has_large(const struct reception *reception, int64_t uid)
{
    for (size_t i = 0; i < reception->count; i++) {
        if (reception->callers[i]->is_large && reception->callers[i]->uid == uid) {
            return true;
        }
    }
    return false;
}

/* True when the frame may be read on; a large one may have to wait. */
static bool has_room(struct reception *reception, struct caller *caller)
{
    if (caller->wanted <= SMALL || caller->is_large) {
        return true;
    }
    if (reception->large < LARGE_SLOTS && !user_has_large(reception, caller->uid)) {
        caller->is_large = true;
        reception->large++;
        caller->deadline = patience(caller->wanted);
        return true;
    }
    caller->state = STATE_WAITING;
    (void)watch(reception, caller, 0);
    return false;
}

/* The four bytes of length are there. False when the caller is done with. */
static bool read_head(struct reception *reception, struct caller *caller)
{
    size_t length = 0;

    for (unsigned i = 0; i < HEAD; i++) {
        length |= (size_t)(unsigned char)caller->in.bytes[i] << (8 * i);
    }
    if (length == 0 || length > ERRAND_MAX) {
        refuse(reception, caller,
               SAY("这不是 duban 命令，或附件合计超过 64 MB",
                   "this is no command of duban, or its files are over 64 MB together"));
        return false;
    }
    caller->wanted = HEAD + length;
    caller->deadline = patience(length);
    return true;
}

/* Some bytes of the frame are there. False when the caller is done with. */
static bool take_in(struct reception *reception, struct caller *caller, size_t count)
{
    if (caller->state == STATE_IDLE) {
        caller->state = STATE_COMING;
        caller->deadline = patience(0);
    }
    buf_add(&caller->in, reception->piece, count);
    if (!caller->wanted && caller->in.length >= HEAD && !read_head(reception, caller)) {
        return false;
    }
    if (caller->wanted && caller->in.length > caller->wanted) {
        refuse(reception, caller, SAY("一次只送一条命令", "one command at a time"));
        return false;
    }
    if (caller->in.length == caller->wanted) {
        caller->state = STATE_ARRIVED;
        caller->deadline = INT64_MAX;
    }
    return true;
}

/* Reads until the frame is complete, nothing more is there, or the caller is done with. */
static void read_on(struct reception *reception, struct caller *caller)
{
    while (caller->state == STATE_IDLE || caller->state == STATE_COMING) {
        ssize_t count;

        if (!has_room(reception, caller)) {
            return;
        }
        count = recv(caller->fd, reception->piece, PIECE, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return;
        }
        if (count <= 0) {
            drop(reception, caller);
            return;
        }
        if (!take_in(reception, caller, (size_t)count)) {
            return;
        }
    }
}

/* ---- who comes ---- */

static size_t count_user(const struct reception *reception, int64_t uid)
{
    size_t count = 0;

    for (size_t i = 0; i < reception->count; i++) {
        count += reception->callers[i]->uid == uid;
    }
    return count;
}

/* Closes the connection that has been idle longest, of that user or (uid -1) of anybody; false when
   none is idle. */
static bool make_room(struct reception *reception, int64_t uid)
{
    struct caller *oldest = NULL;

    for (size_t i = 0; i < reception->count; i++) {
        struct caller *caller = reception->callers[i];

        if (caller->state == STATE_IDLE && (uid < 0 || caller->uid == uid) &&
            caller->since < clock_steady() && (!oldest || caller->since < oldest->since)) {
            oldest = caller;
        }
    }
    if (oldest) {
        drop(reception, oldest);
    }
    return oldest != NULL;
}

static void turn_away(int fd)
{
    struct buf text;
    unsigned char head[HEAD];
    ssize_t sent;

    buf_init(&text, PIECE);
    errand_refuse(&text,
                  SAY("同时连接过多，请稍后再试", "too many are connected; try again later"));
    for (unsigned i = 0; i < HEAD; i++) {
        head[i] = (unsigned char)(text.length >> (8 * i));
    }
    sent = send(fd, head, sizeof head, MSG_NOSIGNAL | MSG_DONTWAIT | MSG_MORE);
    if (sent == (ssize_t)sizeof head) {
        sent = send(fd, text.bytes, text.length, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    (void)sent; /* who does not read it learns it from the end of the connection */
    buf_clear(&text);
    close(fd);
}

static void welcome(struct reception *reception)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct caller *caller;
    int64_t uid;
    int fd;

    while (local_accept(reception->listener, &fd, &uid)) {
        if ((count_user(reception, uid) >= RECEPTION_MAX_USER && !make_room(reception, uid)) ||
            (reception->count >= RECEPTION_MAX && !make_room(reception, -1))) {
            turn_away(fd);
            continue;
        }
        caller = mem_new(sizeof *caller);
        caller->fd = fd;
        caller->uid = uid;
        buf_init(&caller->out, PIECE);
        begin_frame(caller);
        event.data.ptr = caller;
        caller->events = EPOLLIN;
        if (epoll_ctl(reception->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
            mem_free(caller);
            close(fd);
            continue;
        }
        reception->callers[reception->count++] = caller;
        read_on(reception, caller); /* its words are there already as a rule */
    }
}

/* ---- a step ---- */

static void take(struct reception *reception, const struct epoll_event *event)
{
    struct caller *caller = event->data.ptr;

    if (!caller) {
        reception->has_newcomers = true;
    } else if (caller->state == STATE_GOING) {
        send_on(reception, caller);
    } else if (caller->state == STATE_WAITING) {
        if (event->events & (EPOLLHUP | EPOLLERR)) {
            drop(reception, caller);
        }
    } else {
        read_on(reception, caller);
    }
}

static void answer_all(struct reception *reception)
{
    size_t count = 0;

    for (size_t i = 0; i < reception->count; i++) {
        struct caller *caller = reception->callers[i];

        if (caller->state != STATE_ARRIVED) {
            continue;
        }
        reception->arrived[count] = caller;
        buf_init(&caller->out, ERRAND_ANSWER_MAX + PIECE);
        reception->errands[count++] = (struct errand){.uid = caller->uid,
                                                      .bytes = caller->in.bytes + HEAD,
                                                      .length = caller->in.length - HEAD,
                                                      .reply = &caller->out};
    }
    if (count == 0) {
        return;
    }
    reception->answer(reception->context, reception->errands, count);
    for (size_t i = 0; i < count; i++) {
        struct buf answer = reception->arrived[i]->out;

        reply(reception, reception->arrived[i], &answer);
        buf_clear(&answer);
    }
}

static void drop_late(struct reception *reception)
{
    int64_t now = clock_steady();

    for (size_t i = reception->count; i > 0; i--) {
        struct caller *caller = reception->callers[i - 1];

        if (caller->deadline > now) {
            continue;
        }
        if (caller->state == STATE_COMING || caller->state == STATE_WAITING) {
            refuse(reception, caller,
                   SAY("命令没有在时限内送到", "the command did not arrive in time"));
        } else {
            drop(reception, caller);
        }
    }
}

void reception_step(struct reception *reception)
{
    struct epoll_event events[ROUND];
    int count;

    /* A caller has one event a round, and nobody but the one whose turn it is is dropped. */
    reception->has_newcomers = false;
    do {
        count = epoll_wait(reception->epoll, events, ROUND, 0);
        for (int i = 0; i < count; i++) {
            take(reception, &events[i]);
        }
    } while (count == ROUND);
    if (reception->has_newcomers) {
        welcome(reception);
    }
    answer_all(reception);
    drop_late(reception);
}

static bool is_sending(const struct reception *reception)
{
    for (size_t i = 0; i < reception->count; i++) {
        if (reception->callers[i]->state == STATE_GOING) {
            return true;
        }
    }
    return false;
}

void reception_end(struct reception *reception, int64_t deadline)
{
    reception_step(reception);
    (void)epoll_ctl(reception->epoll, EPOLL_CTL_DEL, reception->listener, NULL);
    for (size_t i = reception->count; i > 0; i--) {
        struct caller *caller = reception->callers[i - 1];

        if (caller->state == STATE_COMING || caller->state == STATE_WAITING) {
            refuse(reception, caller,
                   SAY("服务正在停止，请稍后重试", "serve is stopping; try again"));
        }
    }
    while (is_sending(reception) && clock_steady() < deadline) {
        struct epoll_event events[ROUND];
        int count = epoll_wait(reception->epoll, events, ROUND, 20);

        for (int i = 0; i < count; i++) {
            struct caller *caller = events[i].data.ptr;

            if (caller->state == STATE_GOING) {
                caller->is_last = true;
                send_on(reception, caller);
            } else {
                drop(reception, caller);
            }
        }
    }
}
