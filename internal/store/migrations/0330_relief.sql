CREATE TABLE appeal (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  level {{bigint}} NOT NULL,
  prior {{text}} NOT NULL,
  restriction {{text}} NOT NULL,
  measure {{text}} NOT NULL,
  duty {{text}} NOT NULL,
  subject {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  area {{text}} NOT NULL,
  reason {{text}} NOT NULL,
  words {{text}} NOT NULL,
  channel {{text}} NOT NULL,
  filed_by {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  hours {{bigint}} NOT NULL,
  decide_by {{bigint}} NOT NULL,
  ceiling {{bigint}} NOT NULL,
  climbs {{bigint}} NOT NULL,
  barred {{text}} NOT NULL,
  state {{text}} NOT NULL,
  decided_at {{bigint}} NOT NULL,
  decided_by {{text}} NOT NULL,
  decided_name {{text}} NOT NULL,
  answer_zh {{text}} NOT NULL,
  answer_en {{text}} NOT NULL,
  next_zh {{text}} NOT NULL,
  next_en {{text}} NOT NULL,
  trail {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  secret {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
-- A request that is sent twice finds what it made, by the hash of its code.
CREATE UNIQUE INDEX appeal_secret ON appeal (secret) WHERE secret <> '';
CREATE INDEX appeal_no ON appeal (no);
CREATE INDEX appeal_restriction ON appeal (restriction, at, id);
CREATE INDEX appeal_person ON appeal (person, at, id) WHERE person <> '';
CREATE INDEX appeal_by_due ON appeal (state, decide_by, id, area);
CREATE INDEX appeal_by_area ON appeal (state, area, decide_by, id);
CREATE INDEX appeal_newest ON appeal (state, at, id, area);

CREATE TABLE help_request (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  urgent {{bigint}} NOT NULL,
  words {{text}} NOT NULL,
  place {{text}} NOT NULL,
  area {{text}} NOT NULL,
  people {{bigint}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  about {{text}} NOT NULL,
  channel {{text}} NOT NULL,
  filed_by {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  answer_by {{bigint}} NOT NULL,
  help_by {{bigint}} NOT NULL,
  climbs {{bigint}} NOT NULL,
  state {{text}} NOT NULL,
  trail {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  secret {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX help_secret ON help_request (secret) WHERE secret <> '';
CREATE INDEX help_no ON help_request (no);
CREATE INDEX help_by_due ON help_request (state, help_by, id, area);
CREATE INDEX help_by_area ON help_request (state, area, help_by, id);
CREATE INDEX help_newest ON help_request (state, at, id, area);
