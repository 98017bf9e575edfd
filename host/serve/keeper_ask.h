/* What can be asked of a keeper without writing, and the one answer that is acted on: which dates a
   new calendar moves. */
#ifndef DUBAN_KEEPER_ASK_H
#define DUBAN_KEEPER_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"

struct actor;
struct keeper;

/* One request to a warm worker of an activation; to a fresh worker with the library only when 0.
 * reply is reset first. */
MUST_USE bool keeper_ask(struct keeper *keeper, int64_t activation_id, const struct buf *request,
                         struct buf *reply, struct err *err);
/* The same with trees; the caller frees *reply. */
MUST_USE bool keeper_ask_value(struct keeper *keeper, int64_t activation_id,
                               const struct value *request, struct value **reply, struct err *err);
/* Why each row of a case: list of texts. The caller frees *lines. */
MUST_USE bool keeper_explain(struct keeper *keeper, const char *number, struct value **lines,
                             struct err *err);
/* What comes if nobody acts: list of { at, text, kind }. The caller frees *items. */
MUST_USE bool keeper_next(struct keeper *keeper, const char *number, struct value **items,
                          struct err *err);
/* Canonical values of a form: form is "record" or "fact:<id>"; names of units and people become
   codes. ERR_INVALID tells every finding, "; " between. The caller frees *values. */
MUST_USE bool keeper_values(struct keeper *keeper, int64_t activation_id, const char *form,
                            const struct value *given, struct value **values, struct err *err);

/* An accepted calendar: every open case of the office and the offices below it that has dates
   running gets calendar_changed and is decided. With is_dry nothing is written. each (may be NULL)
   hears of every case whose nearest due day moves; before and after may be NULL. */
typedef void keeper_moved_fn(void *context, const char *number, const char *before,
                             const char *after);
MUST_USE bool keeper_calendar_changed(struct keeper *keeper, const struct actor *actor,
                                      int64_t office_id, const char *calendar_hash, bool is_dry,
                                      keeper_moved_fn *each, void *context, struct err *err);
/* The same for a calendar that is not stored yet: years as it would be stored; nothing is written.
 */
MUST_USE bool keeper_calendar_preview(struct keeper *keeper, int64_t office_id,
                                      const struct value *years, keeper_moved_fn *each,
                                      void *context, struct err *err);

#endif
