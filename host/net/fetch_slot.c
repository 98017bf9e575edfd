/* One easy handle: what is set for every request, for a channel and for one request, and how the
   end is read. */
#include "net/fetch_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#define URL_LIMIT 16384
#define LINES_LIMIT 131072
#define LOW_SPEED_SECONDS 15L
#define KEPT_SECONDS 118L
#define KEPT_SURELY_SECONDS 15L

#define SET(slot, option, value) curl_easy_setopt((slot)->easy, option, value)

struct slot *slot_new(void)
{
    struct slot *slot = mem_new(sizeof *slot);

    buf_init(&slot->answer, FETCH_ANSWER_MAX);
    buf_init(&slot->last_url, URL_LIMIT);
    buf_init(&slot->lines, LINES_LIMIT);
    slot->easy = curl_easy_init();
    slot->url = curl_url();
    if (!slot->easy || !slot->url) {
        slot_free(slot);
        return NULL;
    }
    return slot;
}

void slot_finish(struct slot *slot)
{
    curl_slist_free_all(slot->headers);
    curl_slist_free_all(slot->rcpt);
    slot->headers = NULL;
    slot->rcpt = NULL;
    slot->order = (struct fetch_order){0};
    buf_reset(&slot->answer);
}

void slot_forget(struct slot *slot)
{
    curl_easy_reset(slot->easy);
    buf_clear(&slot->last_url);
    slot->way = 0;
}

void slot_free(struct slot *slot)
{
    if (slot) {
        slot_finish(slot);
        curl_easy_cleanup(slot->easy);
        curl_url_cleanup(slot->url);
        buf_clear(&slot->answer);
        buf_clear(&slot->last_url);
        buf_clear(&slot->lines);
        mem_free(slot);
    }
}

/* ---- what is set ---- */

/* For every request of the house. */
static void set_rules(struct slot *slot)
{
    curl_easy_reset(slot->easy);
    SET(slot, CURLOPT_PRIVATE, slot);
    SET(slot, CURLOPT_ERRORBUFFER, slot->words);
    SET(slot, CURLOPT_NOSIGNAL, 1L);
    SET(slot, CURLOPT_PROTOCOLS_STR, "http,https,smtp,smtps");
    SET(slot, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(slot, CURLOPT_FOLLOWLOCATION, 0L);
    SET(slot, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(slot, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(slot, CURLOPT_NOPROXY, ""); /* given, so the environment is not asked */
    SET(slot, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(slot, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(slot, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(slot, CURLOPT_USERAGENT, "duban");
    SET(slot, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(slot, CURLOPT_SSL_VERIFYPEER, 1L);
    SET(slot, CURLOPT_SSL_VERIFYHOST, 2L);
    SET(slot, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(slot, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS);
    SET(slot, CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(slot, CURLOPT_LOW_SPEED_TIME, LOW_SPEED_SECONDS);
    SET(slot, CURLOPT_OPENSOCKETFUNCTION, slot_on_open);
    SET(slot, CURLOPT_OPENSOCKETDATA, slot);
    SET(slot, CURLOPT_PREREQFUNCTION, slot_on_begin);
    SET(slot, CURLOPT_PREREQDATA, slot);
    SET(slot, CURLOPT_WRITEFUNCTION, slot_on_answer);
    SET(slot, CURLOPT_WRITEDATA, slot);
}

static void set_way(struct slot *slot, const struct fetch_way *way)
{
    SET(slot, CURLOPT_PROXY,
        way->proxy ? way->proxy : ""); /* "" is none, whatever the environment */
    if (way->ca) {
        SET(slot, CURLOPT_CAINFO, way->ca);
        SET(slot, CURLOPT_CAPATH, NULL);
    }
    if (way->cert) {
        SET(slot, CURLOPT_SSLCERT, way->cert);
    }
    if (way->key) {
        struct curl_blob key = {
            .data = (void *)(uintptr_t)way->key, .len = strlen(way->key), .flags = CURL_BLOB_COPY};

        SET(slot, CURLOPT_SSLKEY_BLOB, &key);
    }
    slot->way = way->number;
}

static bool refuse(enum err_kind kind, const char *text, struct err *err)
{
    err_set(err, kind, "%s", text);
    return false;
}

static bool is_scheme(const char *scheme, bool is_mail, bool *is_tls)
{
    const char *plain = is_mail ? "smtp" : "http";
    size_t length = strlen(plain);

    *is_tls = strncmp(scheme, plain, length) == 0 && strcmp(scheme + length, "s") == 0;
    return *is_tls || strcmp(scheme, plain) == 0;
}

/* Splits the URL as libcurl itself does, so that both mean the same host. */
static bool read_url(struct slot *slot, const struct request *request, struct err *err)
{
    char *scheme = NULL;
    char *host = NULL;
    char *port = NULL;
    bool is_tls = false;
    bool ok = false;

    if (curl_url_set(slot->url, CURLUPART_URL, buf_text(&request->url), CURLU_DISALLOW_USER) ||
        curl_url_get(slot->url, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(slot->url, CURLUPART_HOST, &host, 0) ||
        curl_url_get(slot->url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) ||
        strlen(host) >= sizeof slot->host) {
        refuse(ERR_INVALID, SAY("地址（url）不对", "the url is none"), err);
    } else if (!is_scheme(scheme, request->is_mail, &is_tls)) {
        refuse(ERR_DENIED,
               SAY("只能用 https、http、smtps 或 smtp", "only https, http, smtps and smtp "
                                                        "may be called"),
               err);
    } else {
        snprintf(slot->host, sizeof slot->host, "%s", host);
        slot->port = strtol(port, NULL, 10);
        slot->is_plain = !is_tls && !request->needs_tls;
        ok = true;
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return ok;
}

/* What can be known before any name is looked up: a number for a host, or a proxy that will do the
   looking up. */
static bool check_host(struct slot *slot, struct err *err)
{
    struct address address;
    bool is_number = address_parse(slot->host, &address);
    struct address_try try = {.host = slot->host,
                              .port = slot->port,
                              .address = is_number ? &address : NULL,
                              .is_plain = slot->is_plain};

    if ((is_number || slot_is_proxied(slot)) && !address_is_allowed(slot->order.way->allow, &try)) {
        err_set(err, ERR_DENIED, SAY("不允许连接 %s（%s%s）", "%s may not be called (%s%s)"),
                slot->host,
                is_number ? address_class_name(address_classify(&address))
                          : SAY("经代理", "through a proxy"),
                slot->is_plain ? SAY("，未加密", ", without TLS") : "");
        return false;
    }
    return true;
}

static bool set_url(struct slot *slot, const struct request *request, struct err *err)
{
    const struct buf *url = &request->url;

    if (slot->last_url.length == url->length && url->length &&
        memcmp(slot->last_url.bytes, url->bytes, url->length) == 0) {
        return true; /* most channels have one */
    }
    buf_reset(&slot->last_url);
    if (!read_url(slot, request, err) || !check_host(slot, err)) {
        return false;
    }
    SET(slot, CURLOPT_URL, buf_text(url));
    buf_add(&slot->last_url, url->bytes, url->length);
    return true;
}

/* Appends each line of text, which is written into on the way. */
static void add_lines(struct slot *slot, struct curl_slist **list, const struct buf *text)
{
    char *at;

    buf_reset(&slot->lines);
    buf_add(&slot->lines, buf_text(text), text->length);
    for (at = slot->lines.bytes; at && *at;) {
        char *end = strchr(at, '\n');

        if (end) {
            *end = '\0';
        }
        if (*at) {
            *list = curl_slist_append(*list, at);
        }
        at = end ? end + 1 : NULL;
    }
}

static void set_http(struct slot *slot, const struct request *request)
{
    add_lines(slot, &slot->headers, &request->headers);
    slot->headers = curl_slist_append(slot->headers, "Expect:");
    SET(slot, CURLOPT_HTTPHEADER, slot->headers);
    if (strcmp(request->method, "GET") == 0) {
        SET(slot, CURLOPT_HTTPGET, 1L);
    } else {
        SET(slot, CURLOPT_POST, 1L);
        SET(slot, CURLOPT_POSTFIELDS, buf_text(&request->body)); /* borrowed, not copied */
        SET(slot, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
    }
    SET(slot, CURLOPT_CUSTOMREQUEST, strcmp(request->method, "PUT") == 0 ? "PUT" : NULL);
}

static const char *or_null(const struct buf *text)
{
    return text->length ? text->bytes : NULL;
}

static void set_mail(struct slot *slot, const struct request *request)
{
    char from[1024];

    snprintf(from, sizeof from, strchr(buf_text(&request->from), '<') ? "%s" : "<%s>",
             buf_text(&request->from));
    add_lines(slot, &slot->rcpt, &request->to);
    SET(slot, CURLOPT_MAIL_FROM, from);
    SET(slot, CURLOPT_MAIL_RCPT, slot->rcpt);
    SET(slot, CURLOPT_USERNAME, or_null(&request->user));
    SET(slot, CURLOPT_PASSWORD, or_null(&request->password));
    SET(slot, CURLOPT_USE_SSL, (long)(request->needs_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    /* A connection that STARTTLS made safe is reused by libcurl for whoever comes, so none is kept.
     */
    SET(slot, CURLOPT_FORBID_REUSE, 1L);
    SET(slot, CURLOPT_UPLOAD, 1L);
    SET(slot, CURLOPT_READFUNCTION, slot_on_mail);
    SET(slot, CURLOPT_READDATA, slot);
    SET(slot, CURLOPT_SEEKFUNCTION, slot_on_rewind);
    SET(slot, CURLOPT_SEEKDATA, slot);
    SET(slot, CURLOPT_HEADERFUNCTION, slot_on_line);
    SET(slot, CURLOPT_HEADERDATA, slot);
    SET(slot, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body.length);
}

bool slot_prepare(struct slot *slot, const struct fetch_order *order, struct err *err)
{
    int64_t timeout = order->timeout_ms > 0 && order->timeout_ms < FETCH_TOTAL_MS
                          ? order->timeout_ms
                          : FETCH_TOTAL_MS;

    slot->order = *order;
    if (slot->way != order->way->number) {
        buf_reset(&slot->last_url);
        set_rules(slot);
        set_way(slot, order->way);
    }
    slot->refused[0] = slot->words[0] = '\0';
    slot->opened = slot->begun = 0;
    slot->written_before = 0;
    slot->given = 0;
    slot->is_full = false;
    if (!set_url(slot, order->request, err)) {
        return false;
    }
    SET(slot, CURLOPT_TIMEOUT_MS, (long)timeout);
    /* A server that closes a kept connection just as it is used again leaves us not knowing. */
    SET(slot, CURLOPT_MAXAGE_CONN, order->is_repeatable ? KEPT_SECONDS : KEPT_SURELY_SECONDS);
    if (order->request->is_mail) {
        set_mail(slot, order->request);
    } else {
        set_http(slot, order->request);
    }
    return true;
}

/* ---- how it ended ---- */

static enum reply_stage stage_of(const struct slot *slot, bool is_sent)
{
    if (slot->refused[0] && !slot->opened) {
        return REPLY_FORBIDDEN;
    }
    switch (slot->code) {
    case CURLE_OK:
        return REPLY_WHOLE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return REPLY_NAME;
    case CURLE_COULDNT_CONNECT:
        return REPLY_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
        return REPLY_TLS;
    default:
        break;
    }
    if (is_sent) {
        return REPLY_WAIT;
    }
    return slot->begun ? REPLY_SEND : REPLY_CONNECT;
}

/* A mail was sent once its last byte was; before that the server has nothing to deliver. */
static bool is_sent_by(const struct slot *slot)
{
    long written = 0;

    if (slot->order.request->is_mail) {
        return slot->given > 0 && slot->given == slot->order.request->body.length;
    }
    curl_easy_getinfo(slot->easy, CURLINFO_REQUEST_SIZE, &written);
    return slot->begun > 0 && written > slot->written_before;
}

static long status_of(const struct slot *slot)
{
    long status = 0;

    if (slot->order.request->is_mail) {
        return strtol(buf_text(&slot->answer), NULL, 10);
    }
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* A server that says no is an answer, although libcurl calls it an error. */
static bool is_verdict(const struct slot *slot, long status)
{
    return slot->order.request->is_mail && status >= 400;
}

/* The network's own words. */
static void tell_failure(const struct slot *slot, struct reply *reply)
{
    const char *words = slot->words[0] ? slot->words : curl_easy_strerror(slot->code);

    if (reply->stage == REPLY_FORBIDDEN) {
        words = slot->refused;
    } else if (slot->is_full) {
        words = SAY("应答超过 64 KiB", "the answer is over 64 KiB");
    } else if (slot->code == CURLE_ABORTED_BY_CALLBACK) {
        words = SAY("连接断开，没有应答", "the connection closed without an answer");
    }
    snprintf(reply->failure, sizeof reply->failure, "%.199s", words);
    text_trim(reply->failure);
}

void slot_read(struct slot *slot, struct fetch_end *out)
{
    struct curl_header *header = NULL;
    struct reply *reply = &out->reply;
    long status = status_of(slot);

    *out = (struct fetch_end){.owner = slot->order.owner};
    reply->is_sent = is_sent_by(slot);
    reply->stage = stage_of(slot, reply->is_sent);
    reply->body = buf_text(&slot->answer);
    reply->length = slot->answer.length;
    if (reply->stage != REPLY_FORBIDDEN && is_verdict(slot, status)) {
        reply->stage = REPLY_WHOLE;
    }
    if (reply->stage != REPLY_WHOLE) {
        tell_failure(slot, reply);
        return;
    }
    reply->status = status;
    if (!slot->order.request->is_mail &&
        curl_easy_header(slot->easy, "Retry-After", 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
        reply->retry_after_ms = sent_retry_after(header->value, clock_now());
    }
}
