/* What the files of fetch share: one easy handle with its request and its answer. */
#ifndef DUBAN_FETCH_PARTS_H
#define DUBAN_FETCH_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "net/fetch.h"

#define FETCH_HOST_MAX 256

struct slot {
    struct slot *next; /* among the free ones, or among those that ended */
    CURL *easy;
    CURLU *url;  /* a parser kept for reuse */
    int64_t way; /* number of the one the handle was set up for; 0: none */
    struct fetch_order order;
    struct curl_slist *headers;
    struct curl_slist *rcpt;
    struct buf lines;    /* room to take headers apart */
    struct buf last_url; /* what host, port and is_plain were read from */
    char host[FETCH_HOST_MAX];
    int64_t port;
    bool is_plain;
    struct buf answer;
    char words[CURL_ERROR_SIZE];
    char refused[200];   /* why an address was not tried; empty: none was refused */
    int opened;          /* sockets */
    int begun;           /* how often a request was about to be written */
    long written_before; /* bytes of CONNECT, before the request itself */
    size_t given;        /* bytes of a mail that libcurl took */
    bool is_full;        /* the answer was over its limit */
    CURLcode code;
    int64_t started;
};

/* A fresh handle; NULL when there is none to be had. */
struct slot *slot_new(void);
void slot_free(struct slot *slot); /* accepts NULL */
/* Sets everything for the order; the errors are fetch_start's. */
MUST_USE bool slot_prepare(struct slot *slot, const struct fetch_order *order, struct err *err);
/* Reads what came of it. */
void slot_read(struct slot *slot, struct fetch_end *out);
/* Lets go what belongs to one request. */
void slot_finish(struct slot *slot);
/* Lets go what belongs to its way. */
void slot_forget(struct slot *slot);

/* ---- fetch_calls.c: libcurl's callbacks, data being the slot ---- */

bool slot_is_proxied(const struct slot *slot);
curl_socket_t slot_on_open(void *data, curlsocktype purpose, struct curl_sockaddr *to);
int slot_on_begin(void *data, char *remote, char *local, int remote_port, int local_port);
size_t slot_on_answer(char *bytes, size_t size, size_t count, void *data);
size_t slot_on_line(char *bytes, size_t size, size_t count, void *data);
size_t slot_on_mail(char *room, size_t size, size_t count, void *data);
int slot_on_rewind(void *data, curl_off_t offset, int origin);

#endif
