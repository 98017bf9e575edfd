-- What scripts may ask: views over the site, cut to the offices their connection may see (may_see is bound
-- to the connection). Days are texts like 2026-03-05 in UTC+08:00.

CREATE VIEW v_offices AS
SELECT o.code, o.name, o.level, p.code AS parent
FROM offices o LEFT JOIN offices p ON p.office_id = o.parent_id
WHERE may_see(o.office_id);

CREATE VIEW v_units AS
SELECT u.code, u.name, u.kind, u.region, u.level, u.starts_on, u.ends_on, o.code AS office
FROM units u JOIN offices o ON o.office_id = u.office_id
WHERE may_see(u.office_id);

CREATE VIEW v_people AS
SELECT p.code, p.name, u.code AS unit, o.code AS office
FROM people p JOIN offices o ON o.office_id = p.office_id LEFT JOIN units u ON u.unit_id = p.unit_id
WHERE may_see(p.office_id);

CREATE VIEW v_roles AS
SELECT p.code AS person, p.name, r.role, u.code AS unit, r.starts_on, r.ends_on, o.code AS office
FROM roles r JOIN people p ON p.person_id = r.person_id JOIN offices o ON o.office_id = r.office_id
LEFT JOIN units u ON u.unit_id = r.unit_id
WHERE may_see(r.office_id);

CREATE VIEW v_cases AS
SELECT c.number, o.code AS office, c.workflow, c.state, u.code AS unit, u.name AS unit_name, u.level, u.region,
  c.record, c.due, date((c.opened_at + 28800000) / 1000, 'unixepoch') AS opened_on,
  date((c.closed_at + 28800000) / 1000, 'unixepoch') AS closed_on, c.outcome, m.number AS parent
FROM cases c JOIN offices o ON o.office_id = c.office_id LEFT JOIN units u ON u.unit_id = c.unit_id
LEFT JOIN cases m ON m.case_id = c.parent_id
WHERE may_see(c.office_id);

CREATE VIEW v_events AS
SELECT c.number, e.seq, e.is_input, e.kind, e.name, date((e.at + 28800000) / 1000, 'unixepoch') AS on_day,
  e.actor, e.recorder, e.body
FROM events e JOIN cases c ON c.case_id = e.case_id
WHERE may_see(c.office_id);

CREATE VIEW v_proposals AS
SELECT c.number, p.step, p.title, p.status, date((p.raised_at + 28800000) / 1000, 'unixepoch') AS raised_on
FROM proposals p JOIN cases c ON c.case_id = p.case_id
WHERE may_see(c.office_id);

CREATE VIEW v_messages AS
SELECT c.number, m.template, m.status, p.code AS person, date((m.created_at + 28800000) / 1000, 'unixepoch') AS made_on
FROM outbox m JOIN people p ON p.person_id = m.person_id LEFT JOIN cases c ON c.case_id = m.case_id
WHERE may_see(p.office_id);

CREATE VIEW v_documents AS
SELECT c.number AS case_number, d.name, d.number, d.status, date((d.created_at + 28800000) / 1000, 'unixepoch') AS made_on
FROM documents d JOIN cases c ON c.case_id = d.case_id
WHERE may_see(c.office_id);
