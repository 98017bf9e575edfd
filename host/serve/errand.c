/* Answers as `duban serve` gives them. */
#include "serve/errand.h"

#include <string.h>

#include "base/codec.h"
#include "base/text.h"

static void put(struct buf *reply, const struct errand_answer *answer)
{
    buf_reset(reply);
    codec_put_map(reply, answer->file ? 4 : 3);
    codec_put_text(reply, "code");
    codec_put_int(reply, answer->code);
    codec_put_text(reply, "err");
    codec_put_string(reply, answer->errors, answer->errors_length);
    if (answer->file) {
        codec_put_text(reply, "file");
        codec_put_string(reply, answer->file, answer->file_length);
    }
    codec_put_text(reply, "out");
    codec_put_string(reply, answer->out, answer->out_length);
}

void errand_refuse(struct buf *reply, const char *sentence)
{
    struct buf text;

    buf_init(&text, 4096);
    buf_add_format(&text, "duban: %s\n", sentence);
    put(reply, &(struct errand_answer){
                   .code = 1, .out = "", .errors = buf_text(&text), .errors_length = text.length});
    buf_clear(&text);
}

void errand_put_answer(struct buf *reply, const struct errand_answer *answer)
{
    if (answer->out_length + answer->errors_length + answer->file_length > ERRAND_ANSWER_MAX) {
        errand_refuse(reply,
                      SAY("输出超过 64 MB，请缩小范围", "the output is over 64 MB; ask for less"));
        return;
    }
    put(reply, answer);
}
