/* Spans of time as people write them: 5个工作日, 15日, 2个月 stand for 5wd, 15d, 2m. */
#ifndef DUBAN_SPAN_H
#define DUBAN_SPAN_H

/* A fresh text: 5wd for 5个工作日; any other text as it was. */
char *span_plain(const char *text);
/* The other way round: 5个工作日 for 5wd; any other text as it was. */
char *span_said(const char *text);

#endif
