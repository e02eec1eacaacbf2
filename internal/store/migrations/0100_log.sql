CREATE TABLE event (
  id {{text}} PRIMARY KEY,
  at {{bigint}} NOT NULL,
  type {{text}} NOT NULL,
  subject_kind {{text}} NOT NULL,
  subject_id {{text}} NOT NULL,
  refs {{text}} NOT NULL,
  person {{text}} NOT NULL,
  area {{text}} NOT NULL,
  actor_kind {{text}} NOT NULL,
  principal {{text}} NOT NULL,
  key_id {{text}} NOT NULL,
  entry {{bytes}} NOT NULL,
  sealed {{bytes}} NOT NULL
) {{strict}};
CREATE INDEX event_by_key ON event (key_id);
CREATE TABLE event_key (
  id {{text}} PRIMARY KEY,
  grp {{text}} NOT NULL,
  wrapped {{bytes}} NOT NULL
) {{strict}};
CREATE INDEX event_key_by_group ON event_key (grp, id);
CREATE TABLE event_new (
  n {{serial}},
  event_id {{text}} NOT NULL
) {{strict}};
CREATE TABLE log_entry (
  seq {{bigint}} PRIMARY KEY,
  event_id {{text}} NOT NULL UNIQUE,
  type {{text}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX log_entry_by_type ON log_entry (type, seq);
CREATE TABLE log_type (
  type {{text}} PRIMARY KEY
) {{strict}};
CREATE TABLE event_ref (
  kind {{text}} NOT NULL,
  id {{text}} NOT NULL,
  seq {{bigint}} NOT NULL,
  PRIMARY KEY (kind, id, seq)
) {{keyed}};
CREATE TABLE log_tile (
  level {{bigint}} NOT NULL,
  n {{bigint}} NOT NULL,
  hashes {{bytes}} NOT NULL,
  PRIMARY KEY (level, n)
) {{strict}};
CREATE TABLE log_state (
  id {{bigint}} PRIMARY KEY,
  size {{bigint}} NOT NULL,
  checkpoint {{text}} NOT NULL
) {{strict}};
INSERT INTO log_state (id, size, checkpoint) VALUES (1, 0, '');
CREATE TABLE log_checkpoint (
  size {{bigint}} PRIMARY KEY,
  at {{bigint}} NOT NULL,
  note {{text}} NOT NULL
) {{strict}};
CREATE TABLE lease (
  name {{text}} PRIMARY KEY,
  holder {{text}} NOT NULL,
  until {{bigint}} NOT NULL
) {{strict}};
