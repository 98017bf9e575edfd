/* The command line as a whole: find the command, take its arguments apart, run it, say what went
 * wrong. */
#ifndef DUBAN_CLI_H
#define DUBAN_CLI_H

#define CLI_VERSION "0.1.0"

/* The exit status: 0 done, 1 the world refused, 2 wrong usage. */
int cli_run(int argc, char **argv);

#endif
