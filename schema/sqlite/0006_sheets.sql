-- What an imported ledger looked like, so that `duban ledger` gives it back column for column: its headings once,
-- its cells by case.

CREATE TABLE sheets (
  sheet_id  INTEGER NOT NULL,
  office_id INTEGER NOT NULL,
  workflow  TEXT NOT NULL,
  headings  TEXT NOT NULL, -- JSON list of {title, field}, in the order of the file; field is not there for none
  digest    TEXT NOT NULL, -- SHA-256 of headings
  added_at  INTEGER NOT NULL,
  CONSTRAINT sheets_pk PRIMARY KEY (sheet_id),
  CONSTRAINT sheets_form UNIQUE (office_id, workflow, digest),
  CONSTRAINT sheets_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;

-- In the order of the file, file after file.
CREATE TABLE sheet_rows (
  row_id   INTEGER NOT NULL,
  sheet_id INTEGER NOT NULL,
  number   TEXT NOT NULL, -- of the case the row became
  cells    TEXT NOT NULL, -- JSON list of texts as they stood in the file
  CONSTRAINT sheet_rows_pk PRIMARY KEY (row_id),
  CONSTRAINT sheet_rows_number UNIQUE (number),
  CONSTRAINT sheet_rows_sheet FOREIGN KEY (sheet_id) REFERENCES sheets (sheet_id)
) STRICT;
CREATE INDEX sheet_rows_by_sheet ON sheet_rows (sheet_id, row_id);
