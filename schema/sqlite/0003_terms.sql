-- The words of what was registered, so that a case is found by them.

-- Pairs of neighbouring characters (two-character words such as 约谈 are what people look for) and
-- whole runs of letters and digits. What a corrected record no longer says may stay: hits are checked.
CREATE TABLE terms (
  term    TEXT NOT NULL,
  case_id INTEGER NOT NULL,
  CONSTRAINT terms_pk PRIMARY KEY (term, case_id)
) STRICT, WITHOUT ROWID;

-- Cases whose words still have to be put there.
CREATE TABLE terms_due (
  case_id INTEGER NOT NULL,
  CONSTRAINT terms_due_pk PRIMARY KEY (case_id),
  CONSTRAINT terms_due_case FOREIGN KEY (case_id) REFERENCES cases (case_id)
) STRICT;
INSERT INTO terms_due (case_id) SELECT case_id FROM cases;
