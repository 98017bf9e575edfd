/* The command line of one process: streams, the way to a running `duban serve`, the exit status.
   Errors end here: one sentence on standard error. */
#include "cli/cli.h"

#include <stdio.h>
#include <sys/stat.h>

#include "cli/forward.h"
#include "cli/house.h"
#include "cli/pager.h"
#include "cli/perform.h"

static enum outcome run(struct house *house, int argc, char **argv, struct pager *pager,
                        struct err *err)
{
    struct display display = out_display();
    struct performance performance;
    enum outcome outcome;
    int socket = -1;

    out_begin(&house->out, &display, stdout, stderr);
    perform_read(house, argc, argv, &performance, err);
    outcome = performance.outcome;
    if (performance.command) {
        if (!house->out.is_json) {
            pager_begin(pager, performance.command->name);
        }
        outcome = forward_reaches(house, &performance, &socket)
                      ? forward_words(house, &performance, socket, argc, argv, err)
                      : perform_run(house, &performance, err);
    }
    perform_clear(&performance);
    /* Whoever reads with a pager may leave before the end. */
    return pager->child && ferror(stdout) ? OUTCOME_DONE : outcome;
}

int cli_run(int argc, char **argv)
{
    struct err err = {0};
    struct house house;
    struct pager pager = {0};
    enum outcome outcome;

    umask(077); /* what an office writes is the office's own */
    house_begin(&house);
    outcome = run(&house, argc, argv, &pager, &err);
    house_end(&house);
    if (!pager_end(&pager)) {
        fflush(stdout);
    }
    if (outcome != OUTCOME_DONE) {
        perform_complain(stderr, &err);
    }
    return (int)outcome;
}
