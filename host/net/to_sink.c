/* The sink: a folder that keeps each message as a file, the only channel of a rehearsal. Its key is
   the file's name, so a repeat writes the same file again. */
#include "net/adapter.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/body.h"

static bool render(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err)
{
    (void)conf;
    (void)is_again;
    (void)err;
    body_pretty(message, body);
    return true;
}

/* "20261123-100000-KEY.json": a folder that reads in the order things were said. */
static bool request(const struct signing *signing, const struct buf *body, struct request *out,
                    struct err *err)
{
    const char *key = signing->key ? signing->key : value_get_text(signing->message, "id");
    char name[BODY_KEY_SIZE];
    char at[24];

    (void)err;
    out->method = "FILE";
    body_key(key ? key : "", name);
    clock_format_instant(value_get_int(signing->message, "at", 0), at);
    buf_add_format(&out->url, "%.4s%.2s%.2s-%.2s%.2s%.2s-%s.json", at, at + 5, at + 8, at + 11,
                   at + 14, at + 17, name);
    buf_add(&out->body, buf_text(body), body->length);
    return true;
}

/* The same name again is no repeat. */
static const struct code_row ROWS[] = {
    {NULL, NULL, SENT_TRANSIENT, 0, "文件没有写成：检查文件夹的权限与磁盘空间",
     "the file was not written: check the folder's rights and the disk's room"},
};

/* Whoever writes the file reports 200 for done. */
static void judge(const struct reply *reply, struct sent *out)
{
    if (reply->stage == REPLY_WHOLE && reply->status == 200) {
        sent_say(out, "200", "", 0);
        out->kind = SENT_ACCEPTED;
        return;
    }
    sent_say(out, "file", reply->failure, strlen(reply->failure));
    sent_by_rows(ROWS, "file", "", out);
}

static const struct verdicts VERDICTS = {ROWS, COUNT_OF(ROWS), NULL, 0};
static const char *const SECRETS[] = {NULL};
static const struct channel_key KEYS[] = {{"folder", KEY_TEXT, false}, {NULL, KEY_TEXT, false}};

const struct adapter ADAPTER_SINK = {
    .kind = "sink",
    .has_key = true,
    .secrets = SECRETS,
    .keys = KEYS,
    .render = render,
    .request = request,
    .judge = judge,
    .verdicts = &VERDICTS,
};
