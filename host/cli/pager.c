/* The pager is a child that reads what was the terminal's; the width of the screen is told to
   tables through COLUMNS, since they no longer see it. */
#include "cli/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"

static const char *const PAGED[] = {"todo",      "cases",    "find",   "case",
                                    "explain",   "next",     "outbox", "proposals",
                                    "plan show", "versions", "jobs",   "report figures"};

static bool is_paged(const char *command)
{
    for (size_t i = 0; i < COUNT_OF(PAGED); i++) {
        if (strcmp(command, PAGED[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What fits on one screen is not held back, colours pass, and Chinese is text in every locale. */
static void set_habits(void)
{
    (void)setenv("LESS", "FRX", 0);
    (void)setenv("LESSCHARSET", "utf-8", 0);
}

static void become_pager(const char *words, const int ends[2])
{
    (void)signal(SIGPIPE, SIG_DFL);
    (void)dup2(ends[0], STDIN_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    set_habits();
    if (words) {
        (void)execl("/bin/sh", "sh", "-c", words, (char *)NULL);
    } else {
        (void)execlp("less", "less", (char *)NULL);
        (void)execlp("cat", "cat", (char *)NULL); /* there is no less here */
    }
    _exit(127);
}

void pager_begin(struct pager *pager, const char *command)
{
    const char *words = getenv("PAGER");
    int ends[2];

    pager->child = 0;
    if (!is_paged(command) || (words && !*words) || !isatty(STDOUT_FILENO) || pipe(ends) != 0) {
        return;
    }
    (void)fflush(stdout);
    pager->child = fork();
    if (pager->child == 0) {
        become_pager(words, ends);
    }
    if (pager->child > 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
    } else {
        pager->child = 0;
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
}

bool pager_end(struct pager *pager)
{
    int status;

    if (!pager->child) {
        return false;
    }
    (void)fflush(stdout);
    (void)close(STDOUT_FILENO);
    while (waitpid(pager->child, &status, 0) < 0 && errno == EINTR) {
        continue;
    }
    pager->child = 0;
    return true;
}
