CREATE TABLE loop (
  id {{text}} PRIMARY KEY,
  kind {{text}} NOT NULL,
  subject {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  fact {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  regime {{text}} NOT NULL,
  rule {{text}} NOT NULL,
  title_zh {{text}} NOT NULL,
  title_en {{text}} NOT NULL,
  area {{text}} NOT NULL,
  level {{bigint}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  owner_why {{text}} NOT NULL,
  parties {{text}} NOT NULL,
  state {{text}} NOT NULL CHECK (state IN ('open', 'done', 'cancelled', 'withdrawn', 'waiting')),
  opened_at {{bigint}} NOT NULL,
  closed_at {{bigint}} NOT NULL,
  outcome {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX loop_fact ON loop (fact);
CREATE INDEX loop_subject ON loop (subject);
CREATE INDEX loop_person ON loop (person) WHERE person <> '';
CREATE INDEX loop_by_area ON loop (state, area);

CREATE TABLE step (
  id {{text}} PRIMARY KEY,
  loop_id {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  step_key {{text}} NOT NULL,
  ord {{bigint}} NOT NULL,
  title_zh {{text}} NOT NULL,
  title_en {{text}} NOT NULL,
  state {{text}} NOT NULL CHECK (state IN ('open', 'done', 'cancelled', 'withdrawn', 'waiting')),
  opened {{bigint}} NOT NULL,
  due {{bigint}} NOT NULL,
  day {{bigint}} NOT NULL,
  done_at {{bigint}} NOT NULL,
  done_by {{text}} NOT NULL,
  escalations {{bigint}} NOT NULL,
  escalated_at {{bigint}} NOT NULL,
  series {{bigint}} NOT NULL,
  needs {{text}} NOT NULL,
  rule {{text}} NOT NULL,
  subject {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  area {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX step_loop ON step (loop_id, ord, due, id);
CREATE INDEX step_subject ON step (subject, state, due, id);
CREATE INDEX step_by_due ON step (state, due, id, area, owner, kind, disease, escalations);
CREATE INDEX step_by_area ON step (state, area, due, id, owner, kind, disease, escalations);
-- For counting alone: equal keys share their place, so it stays small.
CREATE INDEX step_total ON step (state, area);
CREATE INDEX step_by_owner ON step (owner, state, due, id, area, kind, disease, escalations);
CREATE INDEX step_climbed ON step (state, due, id, area, owner, kind, disease) WHERE escalations > 0;

CREATE TABLE series (
  id {{text}} PRIMARY KEY,
  loop_id {{text}} NOT NULL,
  series_key {{text}} NOT NULL,
  title_zh {{text}} NOT NULL,
  title_en {{text}} NOT NULL,
  from_day {{bigint}} NOT NULL,
  to_day {{bigint}} NOT NULL,
  next_day {{bigint}} NOT NULL,
  due_hour {{bigint}} NOT NULL,
  per_day {{bigint}} NOT NULL,
  needs {{text}} NOT NULL,
  rule {{text}} NOT NULL,
  state {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX series_loop ON series (loop_id);

-- The lease says which worker has the clock in hand. It is no fact: it stands
-- in no event and a refolded clock is free.
CREATE TABLE clock (
  id {{text}} PRIMARY KEY,
  loop_id {{text}} NOT NULL,
  step {{text}} NOT NULL,
  series {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  target {{text}} NOT NULL,
  fire_at {{bigint}} NOT NULL,
  fired_at {{bigint}} NOT NULL,
  state {{text}} NOT NULL,
  version {{bigint}} NOT NULL,
  lease_by {{text}} NOT NULL DEFAULT '',
  lease_until {{bigint}} NOT NULL DEFAULT 0
) {{strict}};
CREATE INDEX clock_due ON clock (state, fire_at, id, lease_until);
CREATE INDEX clock_loop ON clock (loop_id);

CREATE TABLE hand_over (
  id {{text}} PRIMARY KEY,
  loop_id {{text}} NOT NULL,
  from_owner {{text}} NOT NULL,
  from_name {{text}} NOT NULL,
  to_owner {{text}} NOT NULL,
  to_name {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  accepted {{bigint}} NOT NULL,
  note {{text}} NOT NULL,
  why {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX hand_over_loop ON hand_over (loop_id, at, id);

CREATE TABLE evidence (
  id {{text}} PRIMARY KEY,
  loop_id {{text}} NOT NULL,
  step {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  body {{text}} NOT NULL,
  ref {{text}} NOT NULL,
  author {{text}} NOT NULL,
  at {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX evidence_loop ON evidence (loop_id, at, id);

CREATE TABLE restriction (
  id {{text}} PRIMARY KEY,
  subject {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  fact {{text}} NOT NULL,
  regime {{text}} NOT NULL,
  rule {{text}} NOT NULL,
  from_at {{bigint}} NOT NULL,
  to_at {{bigint}} NOT NULL,
  reason_zh {{text}} NOT NULL,
  reason_en {{text}} NOT NULL,
  appeal_hours {{bigint}} NOT NULL,
  decided_by {{text}} NOT NULL,
  decided_name {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  state {{text}} NOT NULL,
  ended_at {{bigint}} NOT NULL,
  ended_by {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX restriction_fact ON restriction (fact);
CREATE INDEX restriction_subject ON restriction (subject);

CREATE TABLE notice (
  id {{text}} PRIMARY KEY,
  addressee {{text}} NOT NULL,
  about {{text}} NOT NULL,
  text_zh {{text}} NOT NULL,
  text_en {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  read_at {{bigint}} NOT NULL,
  urgent {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX notice_addressee ON notice (addressee, at, id);
