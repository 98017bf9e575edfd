/* A crash, a forbidden system call and a broken limit all belong to the script; a SIGKILL that
   nobody here sent is the machine's doing (an operator, the kernel short of memory), and no case is
   blamed for it. */
#include "serve/fault.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/codec.h"
#include "base/text.h"
#include "base/value.h"

static void copy_clean(char *to, size_t room, const char *from)
{
    size_t length = strnlen(from, room - 1);

    memcpy(to, from, length);
    to[length] = '\0';
    text_clean(to, ' ', "");
}

void fault_set(struct worker_end *end, const char *kind, const char *text)
{
    end->fate = WORKER_FAULT;
    copy_clean(end->kind, sizeof end->kind, kind);
    copy_clean(end->text, sizeof end->text, text);
}

bool fault_read(const struct buf *frame, struct worker_end *end)
{
    static const char HEAD[] = {CODEC_MAP, 1, CODEC_STRING, 5, 'f', 'a', 'u', 'l', 't'};
    struct codec_in in;
    struct value *tree = NULL;
    const struct value *fault;
    const char *kind;
    const char *text;
    const char *file;

    if (frame->length < sizeof HEAD || memcmp(frame->bytes, HEAD, sizeof HEAD) != 0) {
        return false;
    }
    codec_begin(&in, frame->bytes, frame->length);
    if (!codec_get_value(&in, &tree)) {
        fault_set(end, "protocol",
                  SAY("脚本进程的报告已损坏", "the report of the worker is damaged"));
        return true;
    }
    fault = value_get(tree, "fault");
    kind = value_get_text(fault, "kind");
    text = value_get_text(fault, "text");
    file = value_get_text(fault, "file");
    fault_set(end, kind ? kind : "error", text ? text : "");
    copy_clean(end->file, sizeof end->file, file ? file : "");
    end->line = (int)value_get_int(fault, "line", 0);
    value_free(tree);
    return true;
}

void fault_judge(struct worker_end *end, int status, bool was_killed)
{
    end->signal = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (end->fate == WORKER_FAULT || (was_killed && end->signal == SIGKILL)) {
        return; /* known already, or ended by us without blame */
    }
    if (status < 0 || end->signal == SIGKILL || end->signal == SIGTERM) {
        end->fate = WORKER_OUTSIDE;
    } else if (end->signal == SIGSYS) {
        fault_set(end, "blocked",
                  SAY("脚本试图越出沙箱，已被终止",
                      "the script tried to leave its sandbox and was stopped"));
    } else if (end->signal == SIGXCPU) {
        fault_set(end, "time",
                  SAY("运行超过时限，已被终止", "ran beyond its time and was stopped"));
    } else if (end->signal != 0) {
        fault_set(end, "crash",
                  SAY("脚本使解释器崩溃；请检查是否有无尽的递归或极长的表达式",
                      "the script crashed the interpreter; look for endless recursion or an "
                      "endless expression"));
    } else if (WEXITSTATUS(status) != 0) {
        fault_set(end, "error", SAY("脚本进程意外结束", "the worker ended unexpectedly"));
    }
}
