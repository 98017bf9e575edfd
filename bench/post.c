/* The floor that deliveries are measured against: libcurl's multi interface posting bodies to one
   address with as many at once, and nothing else. post URL COUNT AT_ONCE [BYTES]. Prints
   {"posts":N,"seconds":S} as one JSON line. Every post has an id of its own in the headers that a
   webhook has, and its handle and connection are used again, as in the courier. Sockets are waited
   for with epoll, which is the quickest way libcurl has. */
#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

enum {
    AT_ONCE_MAX = 512,
    EVENTS = 64
};

struct post {
    CURL *easy;
    struct curl_slist *headers;
};

struct loop {
    CURLM *multi;
    int epoll;
    double due; /* 0: none */
};

static double now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *known)
{
    struct loop *loop = data;
    struct epoll_event event = {.data.fd = fd};

    (void)easy;
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
    epoll_ctl(loop->epoll,
              what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL
              : known                  ? EPOLL_CTL_MOD
                                       : EPOLL_CTL_ADD,
              fd, &event);
    curl_multi_assign(loop->multi, fd, what == CURL_POLL_REMOVE ? NULL : loop);
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *data)
{
    struct loop *loop = data;

    (void)multi;
    loop->due = ms < 0 ? 0 : now() + (double)ms / 1000;
    return 0;
}

static size_t on_answer(char *bytes, size_t size, size_t count, void *data)
{
    (void)bytes;
    (void)data;
    return size * count;
}

static void begin(struct loop *loop, struct post *post, long number)
{
    char id[64];

    curl_slist_free_all(post->headers);
    snprintf(id, sizeof id, "webhook-id: bare-%ld-%ld", (long)time(NULL), number);
    post->headers =
        curl_slist_append(NULL, "Content-Type: application/cloudevents+json; charset=utf-8");
    post->headers = curl_slist_append(post->headers, id);
    post->headers = curl_slist_append(post->headers, "Expect:");
    curl_easy_setopt(post->easy, CURLOPT_HTTPHEADER, post->headers);
    curl_multi_add_handle(loop->multi, post->easy);
}

static void prepare(struct post *post, const char *url, const char *body, long length)
{
    post->easy = curl_easy_init();
    curl_easy_setopt(post->easy, CURLOPT_URL, url);
    curl_easy_setopt(post->easy, CURLOPT_PRIVATE, post);
    curl_easy_setopt(post->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(post->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(post->easy, CURLOPT_POSTFIELDSIZE, length);
    curl_easy_setopt(post->easy, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(post->easy, CURLOPT_TIMEOUT_MS, 30000L);
}

/* Begins the next post on every handle that ended; gives how many ended well. */
static long collect(struct loop *loop, long *started, long wanted)
{
    CURLMsg *message;
    long done = 0;
    int left;

    while ((message = curl_multi_info_read(loop->multi, &left))) {
        char *data = NULL;
        long status = 0;
        CURL *easy = message->easy_handle;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &data);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result != CURLE_OK || status != 200) {
            fprintf(stderr, "post: %s, %ld\n", curl_easy_strerror(message->data.result), status);
            exit(1);
        }
        done++;
        curl_multi_remove_handle(loop->multi, easy);
        if (*started < wanted) {
            begin(loop, (struct post *)(void *)data, (*started)++);
        }
    }
    return done;
}

static void turn(struct loop *loop)
{
    struct epoll_event events[EVENTS];
    double rest = loop->due > 0 ? loop->due - now() : 1;
    int running;
    int count = epoll_wait(loop->epoll, events, EVENTS, rest <= 0 ? 0 : (int)(rest * 1000) + 1);

    for (int i = 0; i < count; i++) {
        int mask = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                   (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                   (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

        curl_multi_socket_action(loop->multi, events[i].data.fd, mask, &running);
    }
    if (loop->due > 0 && loop->due <= now()) {
        loop->due = 0;
        curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
}

int main(int argc, char **argv)
{
    static struct post posts[AT_ONCE_MAX];
    struct loop loop = {0};
    long wanted = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    int at_once = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 8;
    long length = argc > 4 ? strtol(argv[4], NULL, 10) : 600;
    long started = 0;
    long done = 0;
    char *body;
    double start;

    if (wanted < 1 || at_once < 1 || at_once > AT_ONCE_MAX || length < 1 || length > 1000000) {
        fprintf(stderr, "post URL COUNT AT_ONCE [BYTES]\n");
        return 2;
    }
    body = malloc((size_t)length);
    if (!body) {
        return 1;
    }
    memset(body, 'x', (size_t)length);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    loop.multi = curl_multi_init();
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(loop.multi, CURLMOPT_SOCKETDATA, &loop);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(loop.multi, CURLMOPT_TIMERDATA, &loop);
    start = now();
    for (int i = 0; i < at_once && started < wanted; i++) {
        prepare(&posts[i], argv[1], body, length);
        begin(&loop, &posts[i], started++);
    }
    while (done < wanted) {
        turn(&loop);
        done += collect(&loop, &started, wanted);
    }
    printf("{\"posts\":%ld,\"seconds\":%.4f}\n", done, now() - start);
    for (int i = 0; i < at_once; i++) {
        curl_easy_cleanup(posts[i].easy);
        curl_slist_free_all(posts[i].headers);
    }
    curl_multi_cleanup(loop.multi);
    free(body);
    return 0;
}
