/* The table of commands: whatever the command line, its help, the man page and the shell's
   completion know about a command stands in one row here. */
#ifndef DUBAN_COMMAND_H
#define DUBAN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "base/err.h"

struct args;
struct house;

/* The exit status of the program. A handler that does not give OUTCOME_DONE fills err, or leaves
   its text empty when it has already printed why. */
enum outcome {
    OUTCOME_DONE = 0,
    OUTCOME_REFUSED = 1, /* the world refused */
    OUTCOME_USAGE = 2    /* the command line is wrong */
};

struct option {
    const char *name;     /* "dry-run" is --dry-run, "o" is -o; NULL ends the table */
    const char *argument; /* NULL: a flag; else what help calls its value, as "ACCOUNT" */
    const char *help_zh;
    const char *help_en;
};

#define OPERANDS_ANY 1000000

/* Where a command is carried out beside a running `duban serve`, and which operands are files that
   go there with it. What an option calls FILE or CSV (but for -o) goes along too, and "@FILE". */
enum reach {
    REACH_SITE,   /* there, by the one who writes the site */
    REACH_FIRST,  /* there, with the file the first operand names */
    REACH_SECOND, /* there, with the file the second operand names */
    REACH_ALL,    /* there, with a file for each operand */
    REACH_OWNER, /* there, for the owner of the site alone: its operands are paths of the machine */
    REACH_HERE   /* always in the process of whoever typed it */
};

struct command {
    const char *name;     /* one word, or two as in "calendar due"; NULL ends the table */
    const char *synopsis; /* operands and options as in the manual, without the name */
    const char *help_zh;  /* one line */
    const char *help_en;
    const struct option *options; /* NULL: none besides the global ones */
    size_t operands_min;
    size_t operands_max; /* OPERANDS_ANY: as many as you like */
    size_t passes_after; /* 0, or: after so many operands all that follows is operands */
    enum outcome (*handler)(struct house *house, const struct args *args, struct err *err);
    enum reach reach;
};

/* Rows every act shares: put them into an option table of a command. */
#define OPTION_BY                                                                        \
    {                                                                                    \
        "by", "PERSON", "为谁办理（编码或姓名）", "the person who acts, by code or name" \
    }
#define OPTION_KEY                                                       \
    {                                                                    \
        "key", "TEXT", "同一键值只办一次，重复时输出首次结果",           \
            "done once under this key; a repeat prints the first result" \
    }

struct command_group {
    const char *title_zh;
    const char *title_en;
    const struct command *commands;
};

/* Of this folder, one table a file. */
extern const struct command site_commands[];     /* init setting quarantine doctor */
extern const struct command account_commands[];  /* account … */
extern const struct command people_commands[];   /* delegate handover unit merge */
extern const struct command version_commands[];  /* check publish versions */
extern const struct command case_commands[];     /* open fact case explain next */
extern const struct command proposal_commands[]; /* proposals approve reject plan */
extern const struct command tick_commands[];     /* tick deliver outbox metrics */
extern const struct command channel_commands[];  /* channel list, test, pause, resume */
extern const struct command list_commands[];     /* cases … */
extern const struct command import_commands[];   /* import … */
extern const struct command calendar_commands[]; /* calendar due, import, check */
extern const struct command run_commands[];      /* run, job run, jobs, lua */
extern const struct command upkeep_commands[];   /* verify backup restore version help */

#ifdef DUBAN_TEST
extern const struct command probe_commands[]; /* letters … */
#endif

/* All groups in the order of the help; ends with commands == NULL. */
const struct command_group *command_groups(void);
/* The command whose name is the first word (or the first two); *words tells how many. NULL when
   there is none. second may be NULL. */
const struct command *command_find(const char *first, const char *second, size_t *words);
/* The name nearest to what was typed, or NULL when none is near. */
const char *command_nearest(const char *word);

#endif
