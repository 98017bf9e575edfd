-- Messages on their way: an outbox that knows when, through what and how often, every attempt, and what each channel bears.

-- Where a person is reached: kinds are wecom, dingtalk, feishu, mail. A phone number stands with the person.
CREATE TABLE addresses (
  person_id INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  address   TEXT NOT NULL,
  CONSTRAINT addresses_pk PRIMARY KEY (person_id, kind),
  CONSTRAINT addresses_kind CHECK (kind IN ('wecom', 'dingtalk', 'feishu', 'mail')),
  CONSTRAINT addresses_person FOREIGN KEY (person_id) REFERENCES people (person_id)
) STRICT;

-- When a person wants to be left alone, and when to get everything at once.
CREATE TABLE preferences (
  person_id  INTEGER NOT NULL,
  quiet_from INTEGER, -- minutes after midnight; NULL: as the site does
  quiet_to   INTEGER, -- NULL: as the site does
  digest_at  INTEGER, -- minutes after midnight; NULL: each message by itself
  CONSTRAINT preferences_pk PRIMARY KEY (person_id),
  CONSTRAINT preferences_person FOREIGN KEY (person_id) REFERENCES people (person_id)
) STRICT;

-- Open: one for each person and key, which collects; flushed: its list is frozen and one message carries it.
CREATE TABLE digests (
  digest_id  INTEGER NOT NULL,
  person_id  INTEGER NOT NULL,
  digest_key TEXT NOT NULL,
  flush_at   INTEGER NOT NULL, -- the site's clock
  status     TEXT NOT NULL,
  CONSTRAINT digests_pk PRIMARY KEY (digest_id),
  CONSTRAINT digests_status CHECK (status IN ('open', 'flushed')),
  CONSTRAINT digests_person FOREIGN KEY (person_id) REFERENCES people (person_id)
) STRICT;
CREATE UNIQUE INDEX digests_open ON digests (person_id, digest_key) WHERE status = 'open';
CREATE INDEX digests_due ON digests (flush_at) WHERE status = 'open';

DROP VIEW v_messages;
CREATE TABLE outbox_next (
  outbox_id   INTEGER NOT NULL,
  case_id     INTEGER, -- NULL: sent by a job, or a digest
  effect_key  TEXT NOT NULL,
  person_id   INTEGER NOT NULL,
  template    TEXT NOT NULL,
  data        TEXT NOT NULL, -- canonical JSON
  principals  TEXT NOT NULL, -- canonical JSON of those it was meant for, so that a successor can be found
  status      TEXT NOT NULL,
  created_at  INTEGER NOT NULL, -- the site's clock
  channel     TEXT, -- NULL: not routed yet
  priority    INTEGER NOT NULL, -- 0 critical, 1 urgent, 2 normal, 3 in bulk
  hold_until  INTEGER, -- the site's clock; NULL: nothing holds it
  expires_at  INTEGER, -- the site's clock; NULL: worth sending for ever
  retry_at    INTEGER NOT NULL, -- ms of this boot; 0: at once
  lease_until INTEGER NOT NULL, -- ms of this boot; 0: nobody has it
  attempts    INTEGER NOT NULL, -- that count: a throttled one does not
  message     TEXT, -- the neutral message as it was first sent; NULL: not rendered yet
  reason      TEXT NOT NULL, -- why it is held, dead or unknown, and what to do; "" when in order
  digest_id   INTEGER, -- NULL: neither in a digest nor one itself
  template_hash TEXT, -- SHA-256 of the template that gave the words; NULL: not rendered yet
  token_hash  TEXT, -- SHA-256 of the acknowledgement token; NULL: none was given out
  seen_at     INTEGER, -- the site's clock; NULL: not acknowledged
  CONSTRAINT outbox_pk PRIMARY KEY (outbox_id),
  CONSTRAINT outbox_status CHECK (status IN
    ('waiting', 'claimed', 'digested', 'sent', 'unknown', 'dead', 'cancelled')),
  CONSTRAINT outbox_case FOREIGN KEY (case_id) REFERENCES cases (case_id),
  CONSTRAINT outbox_person FOREIGN KEY (person_id) REFERENCES people (person_id),
  CONSTRAINT outbox_digest FOREIGN KEY (digest_id) REFERENCES digests (digest_id)
) STRICT;
INSERT INTO outbox_next (outbox_id, case_id, effect_key, person_id, template, data, principals, status, created_at,
  priority, retry_at, lease_until, attempts, reason)
  SELECT outbox_id, case_id, effect_key, person_id, template, data, '[]', status, created_at, 2, 0, 0, 0, ''
  FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_next RENAME TO outbox;
CREATE VIEW v_messages AS
SELECT c.number, m.template, m.status, p.code AS person, date((m.created_at + 28800000) / 1000, 'unixepoch') AS made_on
FROM outbox m JOIN people p ON p.person_id = m.person_id LEFT JOIN cases c ON c.case_id = m.case_id
WHERE may_see(p.office_id);
CREATE UNIQUE INDEX outbox_key ON outbox (case_id, effect_key, person_id);
CREATE INDEX outbox_unrouted ON outbox (outbox_id)
  WHERE status = 'waiting' AND channel IS NULL AND hold_until IS NULL;
CREATE INDEX outbox_held ON outbox (hold_until) WHERE status = 'waiting' AND hold_until IS NOT NULL;
CREATE INDEX outbox_ready ON outbox (channel, priority, retry_at, outbox_id)
  WHERE status = 'waiting' AND channel IS NOT NULL;
CREATE INDEX outbox_claimed ON outbox (lease_until) WHERE status = 'claimed';
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE status = 'waiting' AND expires_at IS NOT NULL;
CREATE INDEX outbox_failed ON outbox (status, outbox_id) WHERE status IN ('unknown', 'dead');
CREATE INDEX outbox_by_digest ON outbox (digest_id) WHERE digest_id IS NOT NULL;
CREATE UNIQUE INDEX outbox_token ON outbox (token_hash) WHERE token_hash IS NOT NULL;

-- One attempt to send a message, in the platform's own words.
CREATE TABLE deliveries (
  outbox_id INTEGER NOT NULL,
  attempt   INTEGER NOT NULL,
  channel   TEXT NOT NULL,
  at        INTEGER NOT NULL, -- the wall's clock
  micros    INTEGER, -- NULL: no outcome came back
  bytes     INTEGER NOT NULL, -- of the body
  status    INTEGER NOT NULL, -- HTTP's or SMTP's; 0: no answer
  code      TEXT NOT NULL,
  text      TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  CONSTRAINT deliveries_pk PRIMARY KEY (outbox_id, attempt),
  CONSTRAINT deliveries_outcome CHECK (outcome IN ('started', 'accepted', 'throttled', 'transient', 'auth_refresh',
    'bad_content', 'bad_channel', 'unknown')),
  CONSTRAINT deliveries_outbox FOREIGN KEY (outbox_id) REFERENCES outbox (outbox_id)
) STRICT, WITHOUT ROWID;

-- What a channel bears just now: its bucket, its pause, its circuit.
CREATE TABLE channels (
  name         TEXT NOT NULL,
  tokens       INTEGER NOT NULL, -- thousandths of a message
  filled_at    INTEGER NOT NULL, -- ms of this boot
  paused_until INTEGER NOT NULL, -- ms of this boot: the platform asked for it
  is_paused    INTEGER NOT NULL, -- an administrator asked for it
  note         TEXT NOT NULL,
  failures     INTEGER NOT NULL, -- bad_channel one after the other
  probe_at     INTEGER NOT NULL, -- ms of this boot: when an open circuit is tried again; 0: closed
  CONSTRAINT channels_pk PRIMARY KEY (name)
) STRICT;
