/* One row for each kind of channel: what it can do, how a message looks there, how it is asked and
   how its answer is read. Everything here is pure: no network, no clock, no file. */
#ifndef DUBAN_ADAPTER_H
#define DUBAN_ADAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "net/request.h"
#include "net/sent.h"
#include "net/verdicts.h"

struct signing {
    const struct value *conf;    /* of the channel; secrets are references here */
    const struct value *secrets; /* name → text, as adapter.secrets names them */
    const struct value *message;
    const struct value *tree; /* of a Lua channel, else NULL */
    const char *key;          /* of the message; NULL: its id */
    int64_t now_ms;           /* the wall's clock */
    const char *token;        /* where token_request is there; else NULL */
    bool is_again;
};

enum channel_key_kind {
    KEY_TEXT,
    KEY_URL,
    KEY_INT,
    KEY_BOOL,
    KEY_SECRET, /* "file:…", "env:…" or "credential:…" */
    KEY_WORDS,  /* a text or a list of texts */
    KEY_MAP,
    KEY_SECRETS /* a map of secrets */
};

struct channel_key {
    const char *name;
    enum channel_key_kind kind;
    bool is_needed;
};

struct token {
    char text[1024];
    int64_t lives_ms;
};

struct adapter {
    const char *kind;    /* "wecom-bot" */
    const char *address; /* kind of a person's address: wecom, dingtalk, feishu, mail; NULL: none */
    bool is_group;       /* reaches whoever sits in the group; a person is only mentioned */
    bool has_key;        /* the platform drops a repeat under the same key */
    size_t body_limit;   /* bytes of what the limit counts; 0: none */
    int64_t per_minute;  /* 0: as configured */
    int64_t per_second;
    int64_t pause_ms;                /* when throttled without a time */
    const char *const *secrets;      /* keys of conf that are secrets, up to NULL */
    const struct channel_key *keys;  /* its own keys of conf, up to a NULL name */
    const struct verdicts *verdicts; /* what judge reads; NULL: no table */
    /* What the platform will get, without signature: deterministic, no secret. */
    bool (*render)(const struct value *conf, const struct value *message, bool is_again,
                   struct buf *body, struct err *err);
    /* Adds address, headers and signature. */
    bool (*request)(const struct signing *signing, const struct buf *body, struct request *out,
                    struct err *err);
    void (*judge)(const struct reply *reply, struct sent *out);
    /* Asking for a token, and reading it; NULL where none is needed. */
    bool (*token_request)(const struct signing *signing, struct request *out, struct err *err);
    bool (*token_judge)(const struct reply *reply, struct token *token, struct sent *why);
    /* The body for people; NULL: its JSON, indented. */
    bool (*preview)(const struct value *conf, const struct value *message, struct buf *out,
                    struct err *err);
};

extern const struct adapter ADAPTER_WECOM_BOT, ADAPTER_WECOM_APP, ADAPTER_DINGTALK, ADAPTER_FEISHU,
    ADAPTER_WEBHOOK, ADAPTER_MAIL, ADAPTER_SINK, ADAPTER_LUA;

/* NULL when there is none. */
const struct adapter *adapter_find(const char *kind);
const struct adapter *adapter_at(size_t index);
/* What any channel's table may say beside its own keys, up to a NULL name. */
const struct channel_key *adapter_shared_keys(void);
/* "file:…", "env:…" or "credential:…" */
bool adapter_is_reference(const char *text);
/* True when conf is a channel's table of this kind: known keys, right types, secrets as references;
   else one sentence. */
MUST_USE bool adapter_check(const struct adapter *adapter, const struct value *conf,
                            struct err *err);

/* Checks the message, then renders. */
MUST_USE bool net_render(const struct adapter *adapter, const struct value *conf,
                         const struct value *message, bool is_again, struct buf *body,
                         struct err *err);
/* Checks conf and message, renders, adds address and signature. out was initialised. */
MUST_USE bool net_request(const struct adapter *adapter, const struct signing *signing,
                          struct request *out, struct err *err);
/* Judges an answer; *out is overwritten and then owned by the caller (sent_clear). */
void net_judge(const struct adapter *adapter, const struct reply *reply, struct sent *out);
/* The message as that kind of channel would get it, for a person to read. A missing address is made
   up; conf may be NULL. */
MUST_USE bool net_preview(const char *kind, const struct value *conf, const struct value *message,
                          struct buf *out, struct err *err);

#endif
