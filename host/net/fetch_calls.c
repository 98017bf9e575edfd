/* What libcurl asks on the way of a transfer: may this socket be opened, may this request be
   written, who takes the answer, who gives the mail. */
#include "net/fetch_parts.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

bool slot_is_proxied(const struct slot *slot)
{
    return slot->order.way->proxy != NULL;
}

/* Whether the connection may be made; writes why not. A proxy's own address was written down by
   the administrator, so it counts as named. */
static bool may_connect(struct slot *slot, const struct address *address, int64_t port)
{
    struct address_try try = {.host = slot->host,
                              .port = slot_is_proxied(slot) ? port : slot->port,
                              .address = address,
                              .is_plain = slot->is_plain,
                              .is_named = slot_is_proxied(slot)};

    if (address_is_allowed(slot->order.way->allow, &try)) {
        return true;
    }
    snprintf(slot->refused, sizeof slot->refused,
             SAY("不允许连接 %.120s（%s%s）", "%.120s may not be called (%s%s)"), slot->host,
             address_class_name(address_classify(address)),
             slot->is_plain ? SAY("，未加密", ", without TLS") : "");
    return false;
}

static bool read_address(const struct sockaddr *from, struct address *out, int64_t *port)
{
    *out = (struct address){.is_six = from->sa_family == AF_INET6};
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)from;

        memcpy(out->bytes, &four->sin_addr, 4);
        *port = ntohs(four->sin_port);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)from;

        memcpy(out->bytes, &six->sin6_addr, 16);
        *port = ntohs(six->sin6_port);
        return true;
    }
    return false;
}

/* The name was looked up, the connection is not yet made: the one place that no spelling and no
   second answer of a name server gets around. */
curl_socket_t slot_on_open(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct slot *slot = data;
    struct address address;
    int64_t port;

    if (purpose != CURLSOCKTYPE_IPCXN || !read_address(&to->addr, &address, &port) ||
        !may_connect(slot, &address, port)) {
        return CURL_SOCKET_BAD;
    }
    slot->opened++;
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Just before a request is written. A kept connection may have been opened for another channel, so
   its address is looked at again. And libcurl writes a request a second time when a kept
   connection turns out dead: not once bytes of the first have left, unless a repeat does no harm.
 */
int slot_on_begin(void *data, char *remote, char *local, int remote_port, int local_port)
{
    struct slot *slot = data;
    struct address address;
    long written = 0;

    (void)local;
    (void)local_port;
    if (!address_parse(remote, &address) || !may_connect(slot, &address, remote_port)) {
        slot->opened = 0;
        return CURL_PREREQFUNC_ABORT;
    }
    curl_easy_getinfo(slot->easy, CURLINFO_REQUEST_SIZE, &written);
    if (slot->begun > 0 && written > slot->written_before && !slot->order.is_repeatable) {
        return CURL_PREREQFUNC_ABORT;
    }
    if (slot->begun == 0) {
        slot->written_before = written;
    }
    slot->begun++;
    return CURL_PREREQFUNC_OK;
}

size_t slot_on_answer(char *bytes, size_t size, size_t count, void *data)
{
    struct slot *slot = data;
    size_t length = size * count;
    size_t room = slot->answer.ceiling - slot->answer.length;

    buf_add(&slot->answer, bytes, length < room ? length : room);
    slot->is_full = length > room;
    return slot->is_full ? 0 : length; /* anything else but length closes the connection */
}

/* A mail server speaks in lines that libcurl hands over as headers; the last one is its verdict,
   but for the farewell behind it. */
size_t slot_on_line(char *bytes, size_t size, size_t count, void *data)
{
    struct slot *slot = data;
    size_t length = size * count;

    if (length < 3 || memcmp(bytes, "221", 3) != 0) {
        buf_reset(&slot->answer);
        buf_add(&slot->answer, bytes, length);
    }
    return length;
}

size_t slot_on_mail(char *room, size_t size, size_t count, void *data)
{
    struct slot *slot = data;
    const struct buf *body = &slot->order.request->body;
    size_t length = size * count;

    if (length > body->length - slot->given) {
        length = body->length - slot->given;
    }
    if (length) {
        memcpy(room, body->bytes + slot->given, length);
    }
    slot->given += length;
    return length;
}

/* A mail is not begun anew behind our back either. */
int slot_on_rewind(void *data, curl_off_t offset, int origin)
{
    (void)data;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}
