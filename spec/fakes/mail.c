/* A mail server that takes one message after the other, and may refuse or break at any stage. */
#include "fakes.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "base/mem.h"

struct mail {
    struct stream *stream;
    bool is_known; /* logged in */
    char *from;
    char *to;
    struct value *fault; /* for this message; NULL: none */
};

static bool is_word(const char *line, const char *word)
{
    return strncasecmp(line, word, strlen(word)) == 0;
}

/* True when this stage breaks as the spec asked; the line it gave was written, or the end came. */
static bool breaks_at(struct mail *mail, const char *stage)
{
    const char *where = value_get_text(mail->fault, "stage");
    const char *line = value_get_text(mail->fault, "line");
    const char *mode = value_get_text(mail->fault, "mode");

    if (!mail->fault || !where || strcmp(where, stage) != 0) {
        return false;
    }
    if (line) {
        stream_print(mail->stream, "%s\r\n", line);
    } else if (mode && strcmp(mode, "hang") == 0) {
        struct pollfd gone = {.fd = mail->stream->fd, .events = POLLIN};

        poll(&gone, 1, FAKES_LIFE_MS);
        mail->stream->is_broken = true;
    } else {
        mail->stream->is_broken = true;
    }
    value_free(mail->fault);
    mail->fault = NULL;
    return true;
}

/* "\0user\0password" in base64 */
static bool is_login(const char *text)
{
    unsigned char plain[512] = "";
    char *user = state_conf("smtp_user");
    char *password = state_conf("smtp_password");
    bool fits = false;

    if (strlen(text) < 600 &&
        EVP_DecodeBlock(plain, (const unsigned char *)text, (int)strlen(text)) > 0) {
        const char *name = (const char *)plain + 1;

        fits =
            !plain[0] && strcmp(name, user) == 0 && strcmp(name + strlen(name) + 1, password) == 0;
    }
    mem_free(user);
    mem_free(password);
    return fits;
}

/* The value of Message-ID, or the subject's, in a text the caller frees. */
static char *key_of(const char *body)
{
    const char *at = body;

    while (at && *at) {
        if (is_word(at, "Message-ID:")) {
            at += 11 + strspn(at + 11, " ");
            return mem_text_n(at, strcspn(at, "\r\n"));
        }
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    return mem_text("no Message-ID");
}

static void take_message(struct mail *mail)
{
    struct value *made = value_new_map();
    struct buf body;
    char *key;
    char *line;

    buf_init(&body, FAKES_BODY_MAX);
    stream_print(mail->stream, "354 go on\r\n");
    while ((line = stream_line(mail->stream)) && strcmp(line, ".") != 0) {
        buf_add_text(&body, line[0] == '.' ? line + 1 : line);
        buf_add_byte(&body, '\n');
        mem_free(line);
    }
    if (line) {
        key = key_of(buf_text(&body));
        value_set_text(made, "platform", "smtp");
        value_set_text(made, "from", mail->from);
        value_set_text(made, "to", mail->to);
        value_set_text(made, "body", buf_text(&body));
        if (mail->fault && value_get_text(mail->fault, "line")) {
            value_free(made); /* refused, so not taken */
        } else {
            (void)state_count("smtp", key);
            state_remember(made);
        }
        mem_free(key);
        if (!breaks_at(mail, "data")) {
            stream_print(mail->stream, "250 taken\r\n");
        }
    } else {
        value_free(made);
    }
    mem_free(line);
    buf_clear(&body);
}

static void greet(struct mail *mail)
{
    char *user = state_conf("smtp_user");

    stream_print(mail->stream, "250-fake\r\n%s%s250 8BITMIME\r\n",
                 *user ? "250-AUTH PLAIN\r\n" : "", mail->stream->ssl ? "" : "250-STARTTLS\r\n");
    mem_free(user);
}

static void take_rcpt(struct mail *mail, const char *line)
{
    mem_free(mail->to);
    mail->to = mem_text(line + 8);
    if (breaks_at(mail, "rcpt")) {
        return;
    }
    if (strstr(line, "nobody@")) {
        stream_print(mail->stream, "550 no such user\r\n");
    } else if (strstr(line, "busy@")) {
        stream_print(mail->stream, "450 mailbox busy\r\n");
    } else {
        stream_print(mail->stream, "250 ok\r\n");
    }
}

static void take_auth(struct mail *mail, const char *line)
{
    char *answer = NULL;

    if (!line[10]) {
        stream_print(mail->stream, "334 \r\n");
        answer = stream_line(mail->stream);
    }
    mail->is_known = is_login(answer ? answer : line + 10 + (line[10] == ' '));
    mem_free(answer);
    stream_print(mail->stream, mail->is_known ? "235 welcome\r\n" : "535 wrong password\r\n");
}

static void serve_line(struct mail *mail, const char *line)
{
    char *user = state_conf("smtp_user");

    if (is_word(line, "EHLO") || is_word(line, "HELO")) {
        greet(mail);
    } else if (is_word(line, "STARTTLS")) {
        stream_print(mail->stream, "220 go\r\n");
        mail->stream->is_broken = !stream_start_tls(mail->stream);
    } else if (is_word(line, "AUTH PLAIN")) {
        take_auth(mail, line);
    } else if (is_word(line, "MAIL FROM:")) {
        mem_free(mail->from);
        mail->from = mem_text(line + 10);
        value_free(mail->fault);
        mail->fault = state_fault("smtp");
        if (*user && !mail->is_known) {
            stream_print(mail->stream, "530 log in first\r\n");
        } else if (!breaks_at(mail, "mail")) {
            stream_print(mail->stream, "250 ok\r\n");
        }
    } else if (is_word(line, "RCPT TO:")) {
        take_rcpt(mail, line);
    } else if (is_word(line, "DATA")) {
        take_message(mail);
    } else if (is_word(line, "QUIT")) {
        stream_print(mail->stream, "221 bye\r\n");
        mail->stream->is_broken = true;
    } else {
        stream_print(mail->stream, "250 ok\r\n");
    }
    mem_free(user);
}

void mail_serve(struct stream *stream)
{
    struct mail mail = {.stream = stream};
    char *line;

    stream_print(stream, "220 fake\r\n");
    while (!stream->is_broken && (line = stream_line(stream))) {
        serve_line(&mail, line);
        mem_free(line);
    }
    mem_free(mail.from);
    mem_free(mail.to);
    value_free(mail.fault);
}
