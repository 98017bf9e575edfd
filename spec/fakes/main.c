/* The fake platforms on loopback.

     fakes [CERT.pem KEY.pem [tls1.1]]   the platforms; prints {"http":PORT,"smtp":PORT,…}
     fakes receive                       counts posts as fast as it can; prints {"http":PORT}

   Control requests are frames on descriptor 3, if that is a socket, or JSON posted to /control:
   { op = "reset" | "config" | "fault" | "clock" | "expire" | "tally" | "requests", … }. It ends
   when descriptor 3 closes, or standard input if there is no such socket. */
#include "fakes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/err.h>

#include "base/codec.h"
#include "base/mem.h"
#include "base/pipe.h"

#define CONNECTIONS_MAX 300
#define CONTROL_FD 3

enum {
    HTTP,
    HTTPS,
    SMTP,
    SMTPS,
    PORTS
};

struct listener {
    int fd;
    bool is_tls;
    void (*serve)(struct stream *stream);
};

struct connection {
    int fd;
    const struct listener *listener;
};

static SSL_CTX *tls;
static atomic_int connections;

bool stream_start_tls(struct stream *stream)
{
    char *client_ca = state_conf("client_ca");

    stream->ssl = tls ? SSL_new(tls) : NULL;
    if (stream->ssl && *client_ca) {
        X509_STORE *store = X509_STORE_new();

        X509_STORE_load_file(store, client_ca);
        SSL_set1_verify_cert_store(stream->ssl, store);
        SSL_set_verify(stream->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        X509_STORE_free(store);
    }
    mem_free(client_ca);
    return stream->ssl && SSL_set_fd(stream->ssl, stream->fd) == 1 && SSL_accept(stream->ssl) == 1;
}

static void *serve(void *data)
{
    struct connection *connection = data;
    struct stream stream = {.fd = connection->fd};
    struct timeval limit = {.tv_sec = FAKES_LIFE_MS / 1000};

    setsockopt(stream.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(stream.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    buf_init(&stream.in, FAKES_BODY_MAX + 65536);
    if (!connection->listener->is_tls || stream_start_tls(&stream)) {
        connection->listener->serve(&stream);
    }
    ERR_clear_error();
    SSL_free(stream.ssl);
    close(stream.fd);
    buf_clear(&stream.in);
    mem_free(connection);
    atomic_fetch_sub(&connections, 1);
    return NULL;
}

static void accept_one(const struct listener *listener)
{
    struct connection *connection;
    pthread_t thread;
    int one = 1;
    int fd = accept(listener->fd, NULL, NULL);

    if (fd < 0) {
        return;
    }
    state_connected();
    if (atomic_fetch_add(&connections, 1) >= CONNECTIONS_MAX) {
        atomic_fetch_sub(&connections, 1);
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connection = mem_new(sizeof *connection);
    *connection = (struct connection){fd, listener};
    if (pthread_create(&thread, NULL, serve, connection) == 0) {
        pthread_detach(thread);
    } else {
        close(fd);
        mem_free(connection);
        atomic_fetch_sub(&connections, 1);
    }
}

static int listen_on_loopback(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 256) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        perror("fakes");
        exit(1);
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static void open_tls(const char *cert, const char *key, bool is_old)
{
    tls = SSL_CTX_new(TLS_server_method());
    if (is_old) {
        SSL_CTX_set_min_proto_version(tls, TLS1_1_VERSION);
        SSL_CTX_set_max_proto_version(tls, TLS1_1_VERSION);
        SSL_CTX_set_cipher_list(tls, "ALL:@SECLEVEL=0");
    }
    if (SSL_CTX_use_certificate_chain_file(tls, cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        exit(1);
    }
}

static bool is_socket(int fd)
{
    int kind;
    socklen_t size = sizeof kind;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) == 0;
}

/* False when the one who controls us is gone. */
static bool answer_control(int fd)
{
    struct buf frame;
    struct codec_in in;
    struct value *request = NULL;
    struct value *made;
    bool ok;

    buf_init(&frame, PIPE_FRAME_MAX);
    ok = pipe_receive(fd, &frame, FAKES_BODY_MAX, 0, NULL);
    if (ok) {
        codec_begin(&in, buf_text(&frame), frame.length);
        ok = codec_get_value(&in, &request);
    }
    if (ok) {
        made = state_control(request);
        buf_reset(&frame);
        codec_put_value(&frame, made);
        ok = pipe_send(fd, buf_text(&frame), frame.length, 0, NULL);
        value_free(made);
    }
    value_free(request);
    buf_clear(&frame);
    return ok;
}

static void run(const struct listener *listeners, int count, int control)
{
    struct pollfd all[PORTS + 1];
    char room[256];

    for (int i = 0; i < count; i++) {
        all[i] = (struct pollfd){.fd = listeners[i].fd, .events = POLLIN};
    }
    all[count] = (struct pollfd){.fd = control, .events = POLLIN};
    while (poll(all, (nfds_t)count + 1, -1) > 0 || errno == EINTR) {
        for (int i = 0; i < count; i++) {
            if (all[i].revents) {
                accept_one(&listeners[i]);
            }
        }
        if (all[count].revents && (control == CONTROL_FD ? !answer_control(control)
                                                         : read(control, room, sizeof room) <= 0)) {
            return;
        }
    }
}

int main(int argc, char **argv)
{
    struct listener listeners[PORTS] = {[HTTP] = {.serve = http_serve},
                                        [HTTPS] = {.is_tls = true, .serve = http_serve},
                                        [SMTP] = {.serve = mail_serve},
                                        [SMTPS] = {.is_tls = true, .serve = mail_serve}};
    int ports[PORTS];

    signal(SIGPIPE, SIG_IGN);
    state_init();
    for (int i = 0; i < PORTS; i++) {
        listeners[i].fd = listen_on_loopback(&ports[i]);
    }
    printf("{\"http\":%d,\"https\":%d,\"smtp\":%d,\"smtps\":%d}\n", ports[HTTP], ports[HTTPS],
           ports[SMTP], ports[SMTPS]);
    fflush(stdout);
    if (argc == 2 && strcmp(argv[1], "receive") == 0) {
        return receiver_run(listeners[HTTP].fd);
    }
    if (argc >= 3) {
        open_tls(argv[1], argv[2], argc == 4);
    }
    run(listeners, PORTS, is_socket(CONTROL_FD) ? CONTROL_FD : 0);
    return 0; /* what still runs ends with us */
}
