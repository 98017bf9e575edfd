/* The wire to the courier: claims go out as jobs, outcomes come in, and when the courier is gone
   each job it held is known as sent or not sent, as far as anybody can know. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "serve/deliver_parts.h"

#define ATTEMPT_MASK 0xffff

static int64_t wire_id(int64_t outbox_id, int64_t attempt)
{
    return outbox_id << 16 | (attempt & ATTEMPT_MASK);
}

static struct deliver_job *find_job(struct deliver *deliver, int64_t id)
{
    for (size_t i = 0; id && i < DELIVER_MAX; i++) {
        if (deliver->jobs[i].id == id) {
            return &deliver->jobs[i];
        }
    }
    return NULL;
}

static void end_job(struct deliver *deliver, struct deliver_job *job)
{
    job->id = 0;
    deliver->job_count--;
    deliver->under_way[job->channel]--;
}

static bool has_room(const struct deliver *deliver)
{
    return deliver->outcome_count < DELIVER_BATCH;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* One outcome. A job that is not known any more lost its lease; what came of it may still matter.
 */
static void take(struct deliver *deliver, const struct wire_outcome *said, struct value *frame)
{
    struct deliver_job *job = find_job(deliver, said->id);
    struct deliver_outcome *outcome = &deliver->outcomes[deliver->outcome_count++];

    *outcome = (struct deliver_outcome){.frame = frame,
                                        .channel = job ? job->channel : deliver->channels.count,
                                        .reply = said->reply,
                                        .reply_length = said->reply_length,
                                        .is_unsent = said->is_unsent};
    outcome->result =
        (struct outbox_result){.outbox_id = job ? job->outbox_id : said->id >> 16,
                               .attempt = job ? job->attempt : (said->id & ATTEMPT_MASK),
                               .outcome = SENT_UNKNOWN,
                               .after_ms = said->after_ms,
                               .status = said->status,
                               .micros = said->micros,
                               .bytes = said->bytes,
                               .code = or_empty(said->code),
                               .text = or_empty(said->text),
                               .hint = or_empty(said->hint)};
    if (!sent_named(said->outcome, &outcome->result.outcome)) {
        outcome->result.outcome = SENT_UNKNOWN;
    }
    if (job) {
        end_job(deliver, job);
    }
}

/* Nobody will tell what became of its jobs. Those whose frame it never got whole were not sent. */
static void lose(struct deliver *deliver)
{
    struct wire *wire = courier_wire(deliver->link);
    size_t reached = wire ? wire->sent : 0;

    for (size_t i = 0; i < DELIVER_MAX && has_room(deliver); i++) {
        struct deliver_job *job = &deliver->jobs[i];
        struct deliver_outcome *outcome = &deliver->outcomes[deliver->outcome_count];

        if (!job->id) {
            continue;
        }
        *outcome = (struct deliver_outcome){.channel = job->channel};
        outcome->is_unsent = wire && job->flight == deliver->flight && job->end > reached;
        outcome->result = (struct outbox_result){
            .outbox_id = job->outbox_id,
            .attempt = job->attempt,
            .outcome = SENT_UNKNOWN,
            .micros = -1,
            .code = "",
            .text = SAY("信使中断，没有结果", "the courier ended without a verdict"),
            .hint = ""};
        deliver->outcome_count++;
        end_job(deliver, job);
    }
    if (deliver->job_count == 0 && wire) {
        courier_lose(deliver->link);
    }
}

static void take_frames(struct deliver *deliver, struct wire *wire, struct err *err)
{
    struct codec_in in;

    while (has_room(deliver) && wire_next(wire, &in, err)) {
        struct wire_outcome said;
        struct value *frame = NULL;
        bool is_ready = false;

        if (!wire_get_outcome(&in, &frame, &said, &is_ready, err)) {
            return;
        }
        if (is_ready) {
            value_free(frame);
            continue;
        }
        if (deliver->outcome_count == 0) {
            courier_praise(deliver->link);
        }
        take(deliver, &said, frame);
    }
}

void deliver_listen(struct deliver *deliver)
{
    struct wire *wire = courier_wire(deliver->link);
    struct err why = {0};

    if (!wire) {
        return;
    }
    /* What was read before is taken first: a gone courier's last words count. */
    take_frames(deliver, wire, &why);
    if (!why.text[0] && has_room(deliver) && wire_fill(wire, &why)) {
        take_frames(deliver, wire, &why);
    }
    if (why.text[0]) {
        lose(deliver);
    }
}

void deliver_drop_job(struct deliver *deliver, int64_t outbox_id, int64_t attempt)
{
    struct deliver_job *job = find_job(deliver, wire_id(outbox_id, attempt));

    if (job) {
        end_job(deliver, job);
    }
}

static struct deliver_job *free_job(struct deliver *deliver)
{
    struct deliver_job *job = deliver->jobs;

    while (job->id) {
        job++; /* there is one: no more are claimed than fit */
    }
    return job;
}

/* Too big for any platform: its outcome is known before it was sent. */
static void refuse(struct deliver *deliver, const struct outbox_claim *claim, size_t channel,
                   const struct err *why)
{
    struct deliver_outcome *outcome = &deliver->outcomes[deliver->outcome_count++];

    *outcome = (struct deliver_outcome){.channel = channel, .frame = value_new_text(why->text)};
    outcome->result = (struct outbox_result){.outbox_id = claim->outbox_id,
                                             .attempt = claim->attempt,
                                             .outcome = SENT_BAD_CONTENT,
                                             .code = "",
                                             .text = value_text(outcome->frame),
                                             .hint = ""};
}

static void put(struct deliver *deliver, struct wire *wire, size_t index)
{
    const struct outbox_claim *claim = &deliver->claims[index];
    size_t at = deliver->claim_channels[index];
    const struct channel *channel = &deliver->channels.list[at];
    const struct value *message = deliver->messages[index];
    struct deliver_job *job = free_job(deliver);
    struct err why = {0};
    struct wire_send send = {.id = wire_id(claim->outbox_id, claim->attempt),
                             .kind = channel->adapter->kind,
                             .channel = channel->name,
                             .conf = channel->conf,
                             .message = message,
                             .tree = deliver->trees[index],
                             .key = or_empty(value_get_text(message, "id")),
                             .attempt = claim->attempt,
                             .is_again = claim->is_again && !channel->adapter->has_key,
                             .deadline_ms = clock_steady() + DELIVER_SEND_MS};

    if (!wire_put_send(wire, &send, &why)) {
        refuse(deliver, claim, at, &why);
        return;
    }
    *job = (struct deliver_job){.id = send.id,
                                .outbox_id = claim->outbox_id,
                                .attempt = claim->attempt,
                                .channel = at,
                                .lease_until = deliver->lease_until,
                                .flight = deliver->flight,
                                .end = wire->out.length};
    deliver->job_count++;
    deliver->under_way[at]++;
}

void deliver_hand_over(struct deliver *deliver)
{
    struct wire *wire = courier_wire(deliver->link);
    struct err why = {0};

    for (size_t i = 0; wire && i < deliver->claim_count; i++) {
        if (deliver->messages[i]) {
            put(deliver, wire, i);
        }
    }
    if (wire && !wire_flush(wire, &why)) {
        return; /* deliver_listen hears its last words and then loses it */
    }
    if (wire && !wire_is_behind(wire)) {
        deliver->flight++;
    }
}
