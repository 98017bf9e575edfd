/* The loop: libcurl tells which sockets and which instant it waits for, epoll waits for them and
   for the pipe. A transfer that waits costs nothing this way, however many there are. */
#include "net/fetch.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/fetch_parts.h"

#define EVENTS 64
#define KEPT_CONNECTIONS 256L

struct fetch {
    CURLM *multi;
    int epoll;
    int pipe; /* as it is registered; -1: none */
    bool is_pipe_writing;
    int64_t due; /* clock_micros of libcurl's timer; 0: none */
    struct slot *free;
    struct slot *ended; /* in order */
    struct slot **ended_tail;
    struct slot *current; /* handed out, not yet released */
    struct slot *running[FETCH_RUNNING_MAX];
    size_t count;
};

/* libcurl wants to know about what on this socket from now on. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    struct fetch *fetch = data;
    struct epoll_event event = {.data.fd = fd};

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(fetch->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
    if (epoll_ctl(fetch->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0) {
        epoll_ctl(fetch->epoll, errno == EEXIST ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    }
    curl_multi_assign(fetch->multi, fd, fetch);
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *data)
{
    struct fetch *fetch = data;

    (void)multi;
    fetch->due = ms < 0 ? 0 : clock_micros() + (int64_t)ms * 1000;
    return 0;
}

bool fetch_open(struct fetch **out, struct err *err)
{
    struct fetch *fetch = mem_new(sizeof *fetch);

    fetch->pipe = -1;
    fetch->ended_tail = &fetch->ended;
    fetch->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        fetch->multi = curl_multi_init();
    }
    if (!fetch->multi || fetch->epoll < 0) {
        err_set(err, ERR_INTERNAL, "libcurl: %s", strerror(errno));
        fetch_close(fetch);
        return false;
    }
    curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch);
    curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch);
    curl_multi_setopt(fetch->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
    *out = fetch;
    return true;
}

static void free_all(struct slot *list)
{
    while (list) {
        struct slot *next = list->next;

        slot_free(list);
        list = next;
    }
}

void fetch_close(struct fetch *fetch)
{
    if (!fetch) {
        return;
    }
    fetch_cut(fetch);
    free_all(fetch->free);
    free_all(fetch->ended);
    slot_free(fetch->current);
    curl_multi_cleanup(fetch->multi);
    curl_global_cleanup();
    if (fetch->epoll >= 0) {
        close(fetch->epoll);
    }
    mem_free(fetch);
}

/* A free handle, if there is one that was set up for this way already. */
static struct slot *take_free(struct fetch *fetch, const struct fetch_way *way)
{
    struct slot **at = &fetch->free;
    struct slot *slot;

    while (*at && (*at)->way != way->number && (*at)->next) {
        at = &(*at)->next;
    }
    slot = *at;
    if (!slot) {
        return slot_new();
    }
    *at = slot->next;
    slot->next = NULL;
    return slot;
}

static void put_free(struct fetch *fetch, struct slot *slot)
{
    slot->next = fetch->free;
    fetch->free = slot;
}

bool fetch_start(struct fetch *fetch, const struct fetch_order *order, struct err *err)
{
    struct slot *slot = fetch->count < FETCH_RUNNING_MAX ? take_free(fetch, order->way) : NULL;

    if (!slot) {
        err_set(err, ERR_BUSY, "libcurl: no handle is left");
        return false;
    }
    if (!slot_prepare(slot, order, err)) {
        slot_finish(slot);
        put_free(fetch, slot);
        return false;
    }
    slot->started = clock_micros();
    if (curl_multi_add_handle(fetch->multi, slot->easy) != CURLM_OK) {
        err_set(err, ERR_INTERNAL, "libcurl: the handle was not taken");
        slot_finish(slot);
        put_free(fetch, slot);
        return false;
    }
    fetch->running[fetch->count++] = slot;
    return true;
}

static void drop_running(struct fetch *fetch, const struct slot *slot)
{
    for (size_t i = 0; i < fetch->count; i++) {
        if (fetch->running[i] == slot) {
            fetch->running[i] = fetch->running[--fetch->count];
            return;
        }
    }
}

static void collect(struct fetch *fetch)
{
    int left;
    CURLMsg *message;

    while ((message = curl_multi_info_read(fetch->multi, &left))) {
        char *data = NULL;
        struct slot *slot;

        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &data);
        slot = (struct slot *)(void *)data;
        slot->code = message->data.result;
        curl_multi_remove_handle(fetch->multi, slot->easy);
        drop_running(fetch, slot);
        slot->next = NULL;
        *fetch->ended_tail = slot;
        fetch->ended_tail = &slot->next;
    }
}

static void run_timer(struct fetch *fetch)
{
    int running;

    if (fetch->due && fetch->due <= clock_micros()) {
        fetch->due = 0; /* libcurl sets it again if it still wants one */
        curl_multi_socket_action(fetch->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

static void watch_pipe(struct fetch *fetch, int fd, bool wants_write)
{
    struct epoll_event event = {.data.fd = fd, .events = EPOLLIN | (wants_write ? EPOLLOUT : 0U)};

    if (fetch->pipe == fd && fetch->is_pipe_writing == wants_write) {
        return;
    }
    epoll_ctl(fetch->epoll, fetch->pipe == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    fetch->pipe = fd;
    fetch->is_pipe_writing = wants_write;
}

static int wait_ms(const struct fetch *fetch, int64_t timeout_ms)
{
    if (fetch->due) {
        int64_t rest = (fetch->due - clock_micros() + 999) / 1000;

        rest = rest < 0 ? 0 : rest;
        timeout_ms = timeout_ms < 0 || rest < timeout_ms ? rest : timeout_ms;
    }
    return timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
}

bool fetch_turn(struct fetch *fetch, int fd, bool wants_write, int64_t timeout_ms)
{
    struct epoll_event events[EVENTS];
    bool is_ready = false;
    int running;
    int count;

    watch_pipe(fetch, fd, wants_write);
    run_timer(fetch);
    collect(fetch);
    count = epoll_wait(fetch->epoll, events, EVENTS, fetch->ended ? 0 : wait_ms(fetch, timeout_ms));
    for (int i = 0; i < count; i++) {
        int mask = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

        if (events[i].data.fd == fd) {
            is_ready = true;
        } else {
            curl_multi_socket_action(fetch->multi, events[i].data.fd, mask, &running);
        }
    }
    run_timer(fetch);
    collect(fetch);
    return is_ready;
}

bool fetch_next(struct fetch *fetch, struct fetch_end *out)
{
    struct slot *slot = fetch->ended;

    if (!slot) {
        return false;
    }
    fetch->ended = slot->next;
    if (!fetch->ended) {
        fetch->ended_tail = &fetch->ended;
    }
    slot->next = NULL;
    fetch->current = slot;
    slot_read(slot, out);
    out->micros = clock_micros() - slot->started;
    return true;
}

void fetch_release(struct fetch *fetch)
{
    struct slot *slot = fetch->current;

    if (slot) {
        fetch->current = NULL;
        slot_finish(slot);
        put_free(fetch, slot);
    }
}

void fetch_forget(struct fetch *fetch, const struct fetch_way *way)
{
    for (struct slot *slot = fetch->free; slot; slot = slot->next) {
        if (slot->way == way->number) {
            slot_forget(slot);
        }
    }
}

void fetch_cut(struct fetch *fetch)
{
    while (fetch->count) {
        struct slot *slot = fetch->running[--fetch->count];

        curl_multi_remove_handle(fetch->multi, slot->easy);
        slot->code = CURLE_ABORTED_BY_CALLBACK;
        slot->next = NULL;
        *fetch->ended_tail = slot;
        fetch->ended_tail = &slot->next;
    }
}

size_t fetch_running(const struct fetch *fetch)
{
    return fetch->count;
}
