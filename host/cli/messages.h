/* Messages and attempts as every command shows them: words for states and outcomes, one line, one
 * map.
 */
#ifndef DUBAN_MESSAGES_H
#define DUBAN_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"
#include "casework/outbox.h"
#include "cli/house.h"
#include "cli/out.h"

/* "待发" for waiting …; the id itself in English and for a word it does not know. */
const char *messages_state(const char *status);
enum paint messages_paint(const char *status);
/* The id of a state given by id or by its Chinese word; NULL for anything else. */
const char *messages_find_state(const char *word);
/* All of them, for a refusal: "waiting（待发）、…". */
void messages_states(struct buf *out);
/* The number of a message; false for any other word. */
bool messages_read_id(const char *text, int64_t *id);
/* "平台接收" for accepted …; "started" too. */
const char *messages_outcome(const char *outcome);
/* A message as a map for --json, without its attempts. */
struct value *messages_map(const struct outbox_line *line);
/* Its attempts: a list of maps, the caller's. */
MUST_USE bool messages_attempts(struct house *house, int64_t outbox_id, struct value **list,
                                struct err *err);
/* Appends status, code and words of a platform; a code that only repeats the status is left out. */
void messages_say_words(int64_t status, const char *code, const char *text, struct buf *out);
/* Appends one attempt of such a list as one line. */
void messages_say_attempt(const struct value *attempt, struct buf *out);
/* ERR_DENIED, naming who could, unless the actor is the system's administrator today. */
MUST_USE bool messages_need_admin(struct house *house, struct err *err);

#endif
