-- Which open cases are late, in their own row: lists of what is overdue need not read their histories.

ALTER TABLE cases ADD COLUMN late_since TEXT; -- NULL: no passed day stands; else the earliest that does

UPDATE cases SET late_since = (
  SELECT MIN(json_extract(p.body, '$.due')) FROM events AS p
  WHERE p.case_id = cases.case_id AND p.kind = 'passed'
    AND EXISTS (SELECT 1 FROM events AS a WHERE a.case_id = p.case_id AND a.name = p.name AND a.kind = 'armed'
      AND a.body LIKE '%"step"%')
    AND NOT EXISTS (SELECT 1 FROM events AS l WHERE l.case_id = p.case_id AND l.seq > p.seq
      AND ((l.kind = 'superseded' AND l.name = p.name || ':passed')
        OR (l.name = p.name AND l.kind IN ('met', 'submitted', 'armed', 'redated', 'extended')))))
WHERE closed_at IS NULL;

CREATE INDEX cases_late ON cases (office_id, late_since) WHERE late_since IS NOT NULL;
CREATE INDEX cases_by_due ON cases (office_id, due) WHERE due IS NOT NULL;
