-- Kinds of duty are protocol files: loops name theirs, steps their form, turn and
-- the loop they open. Rows from before have none of it.
ALTER TABLE loop ADD COLUMN protocol {{text}} NOT NULL DEFAULT '';
ALTER TABLE loop ADD COLUMN parent {{text}} NOT NULL DEFAULT '';
ALTER TABLE loop ADD COLUMN reopened_at {{bigint}} NOT NULL DEFAULT 0;
CREATE INDEX loop_by_kind ON loop (kind, state, opened_at, id, area, owner);

ALTER TABLE step ADD COLUMN form {{text}} NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN after_keys {{text}} NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN child {{text}} NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN child_loop {{text}} NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN required {{bigint}} NOT NULL DEFAULT 0;
-- For boards: what is open of a kind, by step, by day and by owner.
CREATE INDEX step_by_kind ON step (kind, state, step_key, due, id, area, owner, owner_name, escalations);

ALTER TABLE series ADD COLUMN form {{text}} NOT NULL DEFAULT '';
ALTER TABLE evidence ADD COLUMN form_values {{text}} NOT NULL DEFAULT '';
ALTER TABLE hand_over ADD COLUMN gap_at {{bigint}} NOT NULL DEFAULT 0;

CREATE TABLE entry (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  request {{text}} NOT NULL,
  protocol {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  area {{text}} NOT NULL,
  form_values {{text}} NOT NULL,
  state {{text}} NOT NULL,
  retraction {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  author {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX entry_no ON entry (no);
CREATE UNIQUE INDEX entry_request ON entry (request) WHERE request <> '';
CREATE INDEX entry_by_kind ON entry (kind, at, id, area, state);
CREATE INDEX entry_person ON entry (person) WHERE person <> '';
