/* The handlers of commands whose tables and bodies stand in different files. Each gives the exit
   status; err is filled unless the outcome is OUTCOME_DONE or everything has been printed. */
#ifndef DUBAN_HANDLERS_H
#define DUBAN_HANDLERS_H

#include "base/err.h"
#include "cli/args.h"
#include "cli/command.h"

struct house;

typedef enum outcome command_handler(struct house *house, const struct args *args, struct err *err);

command_handler open_handler;
command_handler fact_handler;
command_handler case_handler;
command_handler explain_handler;
command_handler next_handler;
command_handler plan_show_handler;
command_handler plan_sign_handler;
command_handler outbox_handler;
command_handler cases_handler;
command_handler find_handler;
command_handler todo_handler;
command_handler acknowledge_handler;
command_handler replay_handler;
command_handler deliver_handler;
command_handler metrics_handler;
command_handler figures_handler;
command_handler serve_handler;
command_handler ledger_handler;
command_handler delegate_handler;
command_handler unit_merge_handler;
command_handler handover_handler;

extern const struct option open_options[];
extern const struct option fact_options[];
extern const struct option case_options[];
extern const struct option plan_show_options[];
extern const struct option plan_sign_options[];
extern const struct option outbox_options[];
extern const struct option cases_options[];
extern const struct option find_options[];
extern const struct option todo_options[];
extern const struct option replay_options[];
extern const struct option deliver_options[];
extern const struct option metrics_options[];
extern const struct option figures_options[];
extern const struct option ledger_options[];
extern const struct option delegate_options[];
extern const struct option unit_merge_options[];
extern const struct option handover_options[];

/* A day as somebody wrote it, today when text is NULL. */
MUST_USE bool delegate_day(const struct house *house, const char *text, char out[static 12],
                           struct err *err);
/* What concerns a person's roles and work is for that person, or for an administrator. */
struct person;
MUST_USE bool delegate_may(struct house *house, const struct person *own, struct err *err);

#endif
