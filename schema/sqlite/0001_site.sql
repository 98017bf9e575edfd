-- The whole site: offices and people, versions, cases and their events, what waits, what goes out, and the audit.

CREATE TABLE site (
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT site_pk PRIMARY KEY (name)
) STRICT;

CREATE TABLE offices (
  office_id INTEGER NOT NULL,
  code      TEXT NOT NULL,
  name      TEXT NOT NULL,
  level     TEXT NOT NULL,
  parent_id INTEGER, -- NULL: the highest office of this site
  CONSTRAINT offices_pk PRIMARY KEY (office_id),
  CONSTRAINT offices_code UNIQUE (code),
  CONSTRAINT offices_level CHECK (level IN ('province', 'city', 'county')),
  CONSTRAINT offices_parent FOREIGN KEY (parent_id) REFERENCES offices (office_id)
) STRICT;

CREATE TABLE units (
  unit_id   INTEGER NOT NULL,
  office_id INTEGER NOT NULL,
  code      TEXT NOT NULL,
  name      TEXT NOT NULL,
  normal    TEXT NOT NULL, -- the name as it is compared
  kind      TEXT NOT NULL,
  region    TEXT NOT NULL,
  level     TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on   TEXT, -- NULL: still there
  CONSTRAINT units_pk PRIMARY KEY (unit_id),
  CONSTRAINT units_code UNIQUE (code),
  CONSTRAINT units_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;
CREATE INDEX units_by_name ON units (normal);

CREATE TABLE people (
  person_id INTEGER NOT NULL,
  office_id INTEGER NOT NULL,
  code      TEXT NOT NULL,
  name      TEXT NOT NULL,
  normal    TEXT NOT NULL,
  unit_id   INTEGER, -- NULL: belongs to the office itself
  phone     TEXT NOT NULL,
  CONSTRAINT people_pk PRIMARY KEY (person_id),
  CONSTRAINT people_code UNIQUE (code),
  CONSTRAINT people_office FOREIGN KEY (office_id) REFERENCES offices (office_id),
  CONSTRAINT people_unit FOREIGN KEY (unit_id) REFERENCES units (unit_id)
) STRICT;
CREATE INDEX people_by_name ON people (normal);

-- What a person may do, in an office (unit_id NULL) or for a unit, from a day to a day.
CREATE TABLE roles (
  role_id   INTEGER NOT NULL,
  person_id INTEGER NOT NULL,
  office_id INTEGER NOT NULL,
  unit_id   INTEGER, -- NULL: in the office itself
  role      TEXT NOT NULL,
  starts_on TEXT NOT NULL,
  ends_on   TEXT, -- NULL: until further notice
  CONSTRAINT roles_pk PRIMARY KEY (role_id),
  CONSTRAINT roles_person FOREIGN KEY (person_id) REFERENCES people (person_id),
  CONSTRAINT roles_office FOREIGN KEY (office_id) REFERENCES offices (office_id),
  CONSTRAINT roles_unit FOREIGN KEY (unit_id) REFERENCES units (unit_id)
) STRICT;
CREATE INDEX roles_by_person ON roles (person_id);
CREATE INDEX roles_by_role ON roles (office_id, role);
CREATE INDEX roles_by_unit ON roles (unit_id, role);

-- Who records: an operating-system user, and the person that user is (NULL: a machine account).
CREATE TABLE accounts (
  account_id  INTEGER NOT NULL,
  name        TEXT NOT NULL,
  os_user     TEXT NOT NULL,
  office_id   INTEGER NOT NULL,
  person_id   INTEGER, -- NULL: a machine account, such as the keeper's
  is_disabled INTEGER NOT NULL,
  CONSTRAINT accounts_pk PRIMARY KEY (account_id),
  CONSTRAINT accounts_name UNIQUE (name),
  CONSTRAINT accounts_office FOREIGN KEY (office_id) REFERENCES offices (office_id),
  CONSTRAINT accounts_person FOREIGN KEY (person_id) REFERENCES people (person_id)
) STRICT;

CREATE TABLE blobs (
  digest TEXT NOT NULL,
  bytes  BLOB NOT NULL,
  CONSTRAINT blobs_pk PRIMARY KEY (digest)
) STRICT;

-- Content: script and shared modules by hash. about is the worker's description as canonical JSON.
CREATE TABLE versions (
  version_id INTEGER NOT NULL,
  hash       TEXT NOT NULL, -- SHA-256 of the closure
  kind       TEXT NOT NULL,
  workflow   TEXT NOT NULL,
  title      TEXT NOT NULL,
  code       TEXT NOT NULL,
  closure    TEXT NOT NULL, -- JSON: file name to digest of a blob; the script is under "main"
  about      TEXT NOT NULL,
  CONSTRAINT versions_pk PRIMARY KEY (version_id),
  CONSTRAINT versions_hash UNIQUE (hash),
  CONSTRAINT versions_kind CHECK (kind IN ('workflow', 'job'))
) STRICT;

-- A version's use by an office: draft until another account approves it.
CREATE TABLE activations (
  activation_id INTEGER NOT NULL,
  office_id     INTEGER NOT NULL,
  workflow      TEXT NOT NULL,
  number        INTEGER NOT NULL,
  version_id    INTEGER NOT NULL,
  settings      TEXT NOT NULL, -- JSON as resolved in this office, with opens_at
  settings_hash TEXT NOT NULL,
  status        TEXT NOT NULL,
  note          TEXT NOT NULL,
  author_id     INTEGER NOT NULL,
  approver_id   INTEGER, -- NULL: not approved yet
  created_at    INTEGER NOT NULL,
  approved_at   INTEGER, -- NULL: not approved yet
  CONSTRAINT activations_pk PRIMARY KEY (activation_id),
  CONSTRAINT activations_number UNIQUE (office_id, workflow, number),
  CONSTRAINT activations_status CHECK (status IN ('draft', 'active', 'retired', 'rejected')),
  CONSTRAINT activations_version FOREIGN KEY (version_id) REFERENCES versions (version_id),
  CONSTRAINT activations_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;

-- What an office set, by workflow and name; JSON of a time value, integer, text or bool.
CREATE TABLE settings (
  office_id INTEGER NOT NULL,
  workflow  TEXT NOT NULL,
  name      TEXT NOT NULL,
  value     TEXT NOT NULL,
  set_by    INTEGER NOT NULL,
  set_at    INTEGER NOT NULL,
  CONSTRAINT settings_pk PRIMARY KEY (office_id, workflow, name),
  CONSTRAINT settings_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;

-- The working calendar as versions by content; the newest accepted one is in force.
CREATE TABLE calendars (
  calendar_id INTEGER NOT NULL,
  hash        TEXT NOT NULL,
  office_id   INTEGER NOT NULL,
  years       TEXT NOT NULL, -- JSON: year to notice, days off, days worked
  note        TEXT NOT NULL,
  added_at    INTEGER NOT NULL,
  CONSTRAINT calendars_pk PRIMARY KEY (calendar_id),
  CONSTRAINT calendars_hash UNIQUE (office_id, hash),
  CONSTRAINT calendars_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;

CREATE TABLE cases (
  case_id       INTEGER NOT NULL,
  number        TEXT NOT NULL,
  office_id     INTEGER NOT NULL,
  workflow      TEXT NOT NULL,
  activation_id INTEGER NOT NULL,
  state         TEXT NOT NULL,
  unit_id       INTEGER, -- NULL: no unit field in the record
  record        TEXT NOT NULL, -- canonical JSON
  snapshot      BLOB, -- NULL: not decided yet; only a worker reads it
  seq           INTEGER NOT NULL, -- of the last row in events
  folded        INTEGER NOT NULL, -- everything up to this seq is decided; inputs after it wait
  head          BLOB NOT NULL, -- hash of the last row in events
  due           TEXT, -- NULL: no deadline is running; else the nearest, as a day
  wake_at       INTEGER, -- NULL: nothing will happen by itself
  round         INTEGER NOT NULL, -- order among cases that wake at the same instant
  parent_id     INTEGER, -- NULL: not opened by another case
  join_key      TEXT, -- NULL: other openings do not join it
  opened_at     INTEGER NOT NULL,
  closed_at     INTEGER, -- NULL: open
  outcome       TEXT NOT NULL,
  set_aside     TEXT, -- NULL: in order; else the fault that put it aside
  CONSTRAINT cases_pk PRIMARY KEY (case_id),
  CONSTRAINT cases_number UNIQUE (number),
  CONSTRAINT cases_office FOREIGN KEY (office_id) REFERENCES offices (office_id),
  CONSTRAINT cases_activation FOREIGN KEY (activation_id) REFERENCES activations (activation_id),
  CONSTRAINT cases_parent FOREIGN KEY (parent_id) REFERENCES cases (case_id),
  CONSTRAINT cases_unit FOREIGN KEY (unit_id) REFERENCES units (unit_id)
) STRICT;
CREATE INDEX cases_due ON cases (wake_at, round, case_id) WHERE wake_at IS NOT NULL;
CREATE INDEX cases_by_office ON cases (office_id, workflow, closed_at);
CREATE INDEX cases_by_parent ON cases (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX cases_by_join ON cases (office_id, workflow, join_key) WHERE join_key IS NOT NULL;
CREATE INDEX cases_by_unit ON cases (unit_id) WHERE unit_id IS NOT NULL;

-- Every input and every decision of a case, in recorded order. Append-only; a tombstone may empty body.
CREATE TABLE events (
  case_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  is_input   INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  at         INTEGER NOT NULL, -- the instant it was decided at
  now        INTEGER NOT NULL, -- when it was recorded
  occurred   INTEGER, -- NULL: at its own instant; else the day it happened
  actor      TEXT, -- NULL: nobody acted; else a person's code
  recorder   TEXT, -- NULL: the keeper itself; else an account's name
  version    INTEGER NOT NULL, -- activation_id
  calendar   INTEGER NOT NULL, -- calendar_id in force
  line       INTEGER NOT NULL, -- of the script; 0 for inputs
  body       TEXT, -- NULL: lawfully destroyed; else canonical JSON
  digest     BLOB NOT NULL, -- SHA-256 of body
  hash       BLOB NOT NULL, -- SHA-256 over the previous hash, the natural keys and the digest
  CONSTRAINT events_pk PRIMARY KEY (case_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposals (
  proposal_id INTEGER NOT NULL,
  case_id     INTEGER NOT NULL,
  effect_key  TEXT NOT NULL,
  step        TEXT NOT NULL,
  title       TEXT NOT NULL,
  signs       TEXT NOT NULL, -- JSON list of who may sign, in order
  next_sign   INTEGER NOT NULL,
  status      TEXT NOT NULL,
  raised_at   INTEGER NOT NULL,
  settled_at  INTEGER, -- NULL: waiting
  CONSTRAINT proposals_pk PRIMARY KEY (proposal_id),
  CONSTRAINT proposals_key UNIQUE (case_id, effect_key),
  CONSTRAINT proposals_status CHECK (status IN ('waiting', 'released', 'rejected', 'dropped', 'expired')),
  CONSTRAINT proposals_case FOREIGN KEY (case_id) REFERENCES cases (case_id)
) STRICT;
CREATE INDEX proposals_waiting ON proposals (proposal_id) WHERE status = 'waiting';

-- Rungs that an outage held back, until a person signs the catch-up list.
CREATE TABLE plans (
  plan_id    INTEGER NOT NULL,
  case_id    INTEGER NOT NULL,
  effect_key TEXT NOT NULL,
  step       TEXT NOT NULL,
  planned_at INTEGER NOT NULL,
  status     TEXT NOT NULL,
  CONSTRAINT plans_pk PRIMARY KEY (plan_id),
  CONSTRAINT plans_key UNIQUE (case_id, effect_key),
  CONSTRAINT plans_status CHECK (status IN ('waiting', 'fired', 'skipped', 'dropped')),
  CONSTRAINT plans_case FOREIGN KEY (case_id) REFERENCES cases (case_id)
) STRICT;
CREATE INDEX plans_waiting ON plans (plan_id) WHERE status = 'waiting';

-- Messages to be sent; the courier of a later issue claims them.
CREATE TABLE outbox (
  outbox_id  INTEGER NOT NULL,
  case_id    INTEGER, -- NULL: sent by a job
  effect_key TEXT NOT NULL,
  person_id  INTEGER NOT NULL,
  template   TEXT NOT NULL,
  data       TEXT NOT NULL, -- canonical JSON
  status     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CONSTRAINT outbox_pk PRIMARY KEY (outbox_id),
  CONSTRAINT outbox_status CHECK (status IN ('waiting', 'cancelled', 'sent', 'dead')),
  CONSTRAINT outbox_case FOREIGN KEY (case_id) REFERENCES cases (case_id),
  CONSTRAINT outbox_person FOREIGN KEY (person_id) REFERENCES people (person_id)
) STRICT;
CREATE UNIQUE INDEX outbox_key ON outbox (case_id, effect_key, person_id);

-- Papers that a decision asked for; a later issue renders them.
CREATE TABLE documents (
  document_id INTEGER NOT NULL,
  office_id   INTEGER NOT NULL, -- numbers run in the office
  case_id     INTEGER, -- NULL: asked for by a job
  effect_key  TEXT NOT NULL,
  name        TEXT NOT NULL,
  number      TEXT, -- NULL: takes no 文号, or nobody signed yet
  data        TEXT NOT NULL,
  status      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  CONSTRAINT documents_pk PRIMARY KEY (document_id),
  CONSTRAINT documents_number UNIQUE (office_id, number),
  CONSTRAINT documents_status CHECK (status IN ('drafted', 'numbered', 'cancelled')),
  CONSTRAINT documents_case FOREIGN KEY (case_id) REFERENCES cases (case_id),
  CONSTRAINT documents_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;
CREATE UNIQUE INDEX documents_key ON documents (case_id, effect_key);

-- Gap-free counters: of cases (series = the workflow's code) and of papers (series = 机关代字).
CREATE TABLE numbers (
  office_id INTEGER NOT NULL,
  series    TEXT NOT NULL,
  year      INTEGER NOT NULL,
  last      INTEGER NOT NULL,
  CONSTRAINT numbers_pk PRIMARY KEY (office_id, series, year),
  CONSTRAINT numbers_office FOREIGN KEY (office_id) REFERENCES offices (office_id)
) STRICT;

-- Planned runs of jobs, written before they are due.
CREATE TABLE occurrences (
  occurrence_id INTEGER NOT NULL,
  office_id     INTEGER NOT NULL,
  job           TEXT NOT NULL,
  planned_at    INTEGER NOT NULL,
  status        TEXT NOT NULL,
  ran_at        INTEGER, -- NULL: not yet
  result        TEXT NOT NULL,
  CONSTRAINT occurrences_pk PRIMARY KEY (occurrence_id),
  CONSTRAINT occurrences_key UNIQUE (office_id, job, planned_at),
  CONSTRAINT occurrences_status CHECK (status IN ('planned', 'done', 'failed', 'skipped'))
) STRICT;
CREATE INDEX occurrences_due ON occurrences (planned_at) WHERE status = 'planned';

-- An act under its key: a repeat prints the first result, other content under the same key is a conflict.
CREATE TABLE acts (
  office_id INTEGER NOT NULL,
  act_key   TEXT NOT NULL,
  digest    TEXT NOT NULL, -- of command and content
  result    TEXT NOT NULL,
  done_at   INTEGER NOT NULL,
  CONSTRAINT acts_pk PRIMARY KEY (office_id, act_key)
) STRICT;

-- Import: which row of which file became which case, so that a repeated file changes nothing.
CREATE TABLE imports (
  office_id INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  row_key   TEXT NOT NULL, -- what makes the row itself: its key column, or the digest of its cells
  digest    TEXT NOT NULL,
  target    TEXT NOT NULL, -- case number, unit code or person code
  done_at   INTEGER NOT NULL,
  CONSTRAINT imports_pk PRIMARY KEY (office_id, kind, row_key)
) STRICT;

CREATE TABLE faults (
  fault_id INTEGER NOT NULL,
  hash     TEXT NOT NULL, -- of the version
  case_id  INTEGER, -- NULL: the version as a whole
  kind     TEXT NOT NULL,
  sentence TEXT NOT NULL,
  at       INTEGER NOT NULL,
  cleared_at INTEGER, -- NULL: stands
  CONSTRAINT faults_pk PRIMARY KEY (fault_id)
) STRICT;
CREATE INDEX faults_standing ON faults (hash) WHERE cleared_at IS NULL;

-- One chain over every act; a checkpoint row covers all heads and counts of cases.
CREATE TABLE audit (
  audit_id INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  office   TEXT NOT NULL,
  recorder TEXT NOT NULL,
  actor    TEXT NOT NULL,
  act      TEXT NOT NULL,
  object   TEXT NOT NULL,
  body     TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  hash     BLOB NOT NULL,
  CONSTRAINT audit_pk PRIMARY KEY (audit_id)
) STRICT;
