/* When a case counts as overdue, as conditions on a row c of cases. Only a deadline with a ladder
   behind it counts: the end of a right to object is nobody's delay. A passing that was taken back
   does not count. */
#ifndef DUBAN_OVERDUE_H
#define DUBAN_OVERDUE_H

#define OVERDUE_PASSED                                                                         \
    " FROM events AS p WHERE p.case_id = c.case_id AND p.kind = 'passed' AND EXISTS"           \
    " (SELECT 1 FROM events AS a WHERE a.case_id = p.case_id AND a.name = p.name AND a.kind"   \
    " = 'armed' AND a.body LIKE '%\"step\"%') AND NOT EXISTS (SELECT 1 FROM events AS l WHERE" \
    " l.case_id = p.case_id AND l.seq > p.seq AND l.kind = 'superseded'"                       \
    " AND l.name = p.name || ':passed')"

/* Some deadline passed at some time. */
#define OVERDUE_EVER "EXISTS (SELECT 1" OVERDUE_PASSED ")"

/* One definition for lists and figures: an open case is overdue while a passing stands; a closed
   one was late when any deadline ever passed. Submitted for review, it is not overdue. */
#define OVERDUE_LATE                                                                   \
    "((c.closed_at IS NULL AND c.late_since IS NOT NULL) OR (c.closed_at IS NOT NULL " \
    "AND " OVERDUE_EVER "))"

#endif
