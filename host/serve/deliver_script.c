/* Channels with a script: what was claimed for them gets its request from it before it goes over
   the wire, and an answer that came back gets its verdict before it is recorded. Both outside of
   any transaction, since a script may take its time. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "serve/deliver_parts.h"
#include "serve/gateway.h"

#define NOTE_MAX 560 /* the platform's words and the script's mark */

/* ---- life ---- */

struct gateway **deliver_scripts_new(const struct deliver *deliver)
{
    const struct channels *channels = &deliver->channels;
    struct gateway **list = mem_array(channels->count + 1, sizeof(struct gateway *));
    const struct site *site = deliver->keeper->site;

    for (size_t i = 0; i < channels->count; i++) {
        const struct gateway_options options = {.zygote = deliver->keeper->zygote,
                                                .folder = site->folder,
                                                .library = site->library,
                                                .name = channels->list[i].name,
                                                .conf = channels->list[i].conf};

        list[i] =
            strcmp(channels->list[i].adapter->kind, "lua") == 0 ? gateway_new(&options) : NULL;
    }
    return list;
}

void deliver_scripts_free(struct gateway **list, size_t count)
{
    for (size_t i = 0; list && i < count; i++) {
        gateway_free(list[i]);
    }
    mem_free(list);
}

/* ---- in between ---- */

/* Items of one channel and where each came from. */
struct bundle {
    struct value **items;
    size_t *from;
    struct gateway_reply *replies;
    size_t count;
};

static void bundle_init(struct bundle *bundle, size_t room)
{
    *bundle = (struct bundle){.items = mem_array(room + 1, sizeof *bundle->items),
                              .from = mem_array(room + 1, sizeof *bundle->from),
                              .replies = mem_array(room + 1, sizeof *bundle->replies)};
}

static void bundle_clear(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        value_free(bundle->items[i]);
        value_free(bundle->replies[i].value);
    }
    mem_free(bundle->items);
    mem_free(bundle->from);
    mem_free(bundle->replies);
}

static void bundle_add(struct bundle *bundle, struct value *item, size_t from)
{
    bundle->items[bundle->count] = item;
    bundle->from[bundle->count++] = from;
}

/* The outcome in the words of sent, which it keeps as its own, and of which script it is. */
static void settle(struct deliver_outcome *outcome, const struct sent *sent, const char *script,
                   const char *mark)
{
    const char *hint = SAY(sent->hint_zh, sent->hint_en);
    struct value *frame = value_new_map();
    char note[NOTE_MAX];

    snprintf(note, sizeof note, "%s%s[%.80s %s]", sent->text, sent->text[0] ? " " : "", script,
             mark);
    text_trim(note);
    value_set_text(frame, "code", sent->code);
    value_set_text(frame, "text", note);
    value_free(outcome->frame);
    outcome->frame = frame;
    outcome->reply = NULL;
    outcome->result.outcome = sent->kind;
    outcome->result.after_ms = sent->after_ms;
    outcome->result.code = value_get_text(frame, "code");
    outcome->result.text = value_get_text(frame, "text");
    outcome->result.hint = hint ? hint : "";
}

static const char *script_of(const struct deliver *deliver, size_t channel)
{
    return value_get_text(deliver->channels.list[channel].conf, "script");
}

/* ---- requests ---- */

/* There is no request: that is what came of the message, and it does not go out. */
static void give_up(struct deliver *deliver, size_t index, const struct gateway_reply *reply)
{
    struct deliver_outcome *outcome = &deliver->outcomes[deliver->outcome_count++];
    size_t channel = deliver->claim_channels[index];
    struct sent sent;

    *outcome =
        (struct deliver_outcome){.channel = channel, .is_unsent = reply->kind == GATEWAY_UNASKED};
    outcome->result = (struct outbox_result){.outbox_id = deliver->claims[index].outbox_id,
                                             .attempt = deliver->claims[index].attempt};
    outcome->is_fault = gateway_judge_request(reply, &sent);
    settle(outcome, &sent, script_of(deliver, channel), gateway_mark(deliver->gateways[channel]));
    sent_clear(&sent);
    value_free(deliver->messages[index]);
    deliver->messages[index] = NULL;
}

static void ask_channel(struct deliver *deliver, size_t channel)
{
    struct gateway *gateway = deliver->gateways[channel];
    struct bundle bundle;

    bundle_init(&bundle, deliver->claim_count);
    for (size_t i = 0; i < deliver->claim_count; i++) {
        if (deliver->claim_channels[i] == channel && deliver->messages[i]) {
            bundle_add(&bundle, gateway_message(deliver->messages[i], deliver->claims[i].is_again),
                       i);
        }
    }
    gateway_ask_requests(gateway, bundle.items, bundle.count, bundle.replies);
    for (size_t i = 0; i < bundle.count; i++) {
        if (bundle.replies[i].kind == GATEWAY_SAID) {
            deliver->trees[bundle.from[i]] = bundle.replies[i].value;
            bundle.replies[i].value = NULL;
        } else {
            give_up(deliver, bundle.from[i], &bundle.replies[i]);
        }
    }
    bundle_clear(&bundle);
}

void deliver_ask_scripts(struct deliver *deliver)
{
    for (size_t i = 0; deliver->claim_count && i < deliver->channels.count; i++) {
        if (deliver->gateways[i]) {
            ask_channel(deliver, i);
        }
    }
}

/* ---- verdicts ---- */

static void judge_channel(struct deliver *deliver, size_t channel)
{
    struct gateway *gateway = deliver->gateways[channel];
    struct bundle bundle;

    bundle_init(&bundle, deliver->outcome_count);
    for (size_t i = 0; i < deliver->outcome_count; i++) {
        const struct deliver_outcome *outcome = &deliver->outcomes[i];

        if (outcome->channel == channel && outcome->reply) {
            bundle_add(
                &bundle,
                gateway_answer(outcome->result.status, outcome->reply, outcome->reply_length), i);
        }
    }
    gateway_ask_verdicts(gateway, bundle.items, bundle.count, bundle.replies);
    for (size_t i = 0; i < bundle.count; i++) {
        struct deliver_outcome *outcome = &deliver->outcomes[bundle.from[i]];
        struct sent sent;

        outcome->is_fault = gateway_judge_answer(&bundle.replies[i], &sent);
        settle(outcome, &sent, script_of(deliver, channel), gateway_mark(gateway));
        sent_clear(&sent);
    }
    bundle_clear(&bundle);
}

void deliver_judge_answers(struct deliver *deliver)
{
    for (size_t i = 0; i < deliver->outcome_count; i++) {
        size_t channel = deliver->outcomes[i].channel;

        if (deliver->outcomes[i].reply && channel < deliver->channels.count &&
            deliver->gateways[channel]) {
            judge_channel(deliver, channel);
        }
    }
}
