/* The three steps that delivery takes for many messages at once, for a single one. */
#include "cli/channel_script.h"

#include <string.h>

#include "base/text.h"
#include "serve/courier_link.h"
#include "serve/gateway.h"

bool channel_has_script(const struct channel *channel)
{
    return strcmp(channel->adapter->kind, "lua") == 0;
}

static void judge(struct gateway *gateway, struct value **frame, struct wire_outcome *outcome)
{
    struct value *answer = gateway_answer(outcome->status, outcome->reply, outcome->reply_length);
    struct value *texts = value_new_map();
    struct gateway_reply reply;
    struct sent sent;

    gateway_ask_verdicts(gateway, &answer, 1, &reply);
    (void)gateway_judge_answer(&reply, &sent);
    value_set_text(texts, "code", sent.code);
    value_set_text(texts, "text", sent.text);
    value_set_text(texts, "hint", SAY(sent.hint_zh, sent.hint_en));
    value_free(*frame);
    *frame = texts;
    outcome->outcome = sent_name(sent.kind);
    outcome->after_ms = sent.after_ms;
    outcome->code = value_get_text(texts, "code");
    outcome->text = value_get_text(texts, "text");
    outcome->hint = value_get_text(texts, "hint");
    outcome->reply = outcome->ref = NULL;
    outcome->partial = NULL;
    sent_clear(&sent);
    value_free(reply.value);
    value_free(answer);
}

bool channel_script_try(struct house *house, const struct channel *channel, struct wire_send *send,
                        struct value **frame, struct wire_outcome *outcome, struct err *err)
{
    const struct gateway_options options = {.zygote = house->zygote,
                                            .folder = house->site->folder,
                                            .library = house->site->library,
                                            .name = channel->name,
                                            .conf = channel->conf};
    struct gateway *gateway = gateway_new(&options);
    struct value *message = gateway_message(send->message, false);
    struct gateway_reply reply;
    bool ok = false;

    gateway_ask_requests(gateway, &message, 1, &reply);
    if (reply.kind != GATEWAY_SAID) {
        err_set(err, ERR_INVALID, "%s", reply.text);
    } else {
        send->tree = reply.value;
        ok = courier_try(house->courier, send, frame, outcome, err);
        send->tree = NULL;
    }
    if (ok && outcome->reply) {
        judge(gateway, frame, outcome);
    }
    value_free(reply.value);
    value_free(message);
    gateway_free(gateway);
    return ok;
}
