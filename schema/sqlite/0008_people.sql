-- People who come and go: roles that are lent, acts done in a lent role, units that others succeed, and whose account was whose.

ALTER TABLE roles ADD COLUMN lent_by INTEGER REFERENCES people (person_id); -- NULL: the holder's own
ALTER TABLE roles ADD COLUMN reason TEXT; -- NULL: an own role; else why it is lent

-- An act that somebody did in a role that was lent; every other act was done in a role of one's own.
CREATE TABLE stand_ins (
  case_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  role_id INTEGER NOT NULL,
  CONSTRAINT stand_ins_pk PRIMARY KEY (case_id, seq),
  CONSTRAINT stand_ins_event FOREIGN KEY (case_id, seq) REFERENCES events (case_id, seq),
  CONSTRAINT stand_ins_role FOREIGN KEY (role_id) REFERENCES roles (role_id)
) STRICT, WITHOUT ROWID;

-- Which unit took over what another one did, from a day on.
CREATE TABLE successors (
  unit_id INTEGER NOT NULL,
  into_id INTEGER NOT NULL,
  since   TEXT NOT NULL,
  CONSTRAINT successors_pk PRIMARY KEY (unit_id),
  CONSTRAINT successors_unit FOREIGN KEY (unit_id) REFERENCES units (unit_id),
  CONSTRAINT successors_into FOREIGN KEY (into_id) REFERENCES units (unit_id)
) STRICT;
CREATE INDEX successors_by_into ON successors (into_id);

-- Who administers the site; the first account does.
ALTER TABLE accounts ADD COLUMN is_admin INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET is_admin = 1 WHERE account_id = (SELECT MIN(account_id) FROM accounts);

-- Whose an account was from an instant on, so that what it recorded then is told as it was.
CREATE TABLE holders (
  account_id INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  person_id  INTEGER, -- NULL: nobody's
  CONSTRAINT holders_pk PRIMARY KEY (account_id, since),
  CONSTRAINT holders_account FOREIGN KEY (account_id) REFERENCES accounts (account_id),
  CONSTRAINT holders_person FOREIGN KEY (person_id) REFERENCES people (person_id)
) STRICT, WITHOUT ROWID;
INSERT INTO holders (account_id, since, person_id) SELECT account_id, 0, person_id FROM accounts;
