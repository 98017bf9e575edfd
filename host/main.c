/* The program: makes standard streams safe to use, then hands argv to the command line. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

/* A closed stdin, stdout or stderr would lend its number to the next file that is opened, the
   database say; each is opened on /dev/null the other way round, so that using it fails as it
   should. */
static int streams_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) {
            return 0;
        }
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (!streams_open()) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    return cli_run(argc, argv);
}
