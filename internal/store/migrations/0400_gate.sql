CREATE TABLE site (
  id {{text}} PRIMARY KEY,
  kind {{text}} NOT NULL,
  name_zh {{text}} NOT NULL,
  name_en {{text}} NOT NULL,
  area {{text}} NOT NULL,
  road {{text}} NOT NULL,
  lat {{real}} NOT NULL,
  lon {{real}} NOT NULL,
  lanes {{text}} NOT NULL,
  can_sample {{bigint}} NOT NULL,
  next {{text}} NOT NULL,
  closed {{bigint}} NOT NULL,
  invented {{bigint}} NOT NULL,
  source {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX site_by_area ON site (area, id);

CREATE TABLE gate_shift (
  id {{text}} PRIMARY KEY,
  site {{text}} NOT NULL,
  lead {{text}} NOT NULL,
  lead_name {{text}} NOT NULL,
  from_at {{bigint}} NOT NULL,
  to_at {{bigint}} NOT NULL,
  lanes {{bigint}} NOT NULL,
  officers {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX gate_shift_by_site ON gate_shift (site, from_at, id);

CREATE TABLE gate_pass (
  id {{text}} PRIMARY KEY,
  site {{text}} NOT NULL,
  area {{text}} NOT NULL,
  lane {{bigint}} NOT NULL,
  arrived {{bigint}} NOT NULL,
  served {{bigint}} NOT NULL,
  decided {{bigint}} NOT NULL,
  left_at {{bigint}} NOT NULL,
  plate {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  trip {{text}} NOT NULL,
  permit {{text}} NOT NULL,
  arrival {{text}} NOT NULL,
  facts {{text}} NOT NULL,
  decision {{text}} NOT NULL,
  rule {{text}} NOT NULL,
  rules {{text}} NOT NULL,
  ruled {{text}} NOT NULL,
  override {{text}} NOT NULL,
  offline {{bigint}} NOT NULL,
  device {{text}} NOT NULL,
  officer {{text}} NOT NULL,
  by_name {{text}} NOT NULL,
  hold_state {{text}} NOT NULL,
  hold_until {{bigint}} NOT NULL,
  hold_ended {{bigint}} NOT NULL,
  outcome {{text}} NOT NULL,
  note {{text}} NOT NULL,
  complaint {{text}} NOT NULL,
  next {{text}} NOT NULL,
  trace {{text}} NOT NULL,
  received {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
-- Few indexes: thousands of passes a second are written beside them.
CREATE INDEX gate_pass_by_site ON gate_pass (site, decided, id, decision);
CREATE INDEX gate_pass_by_plate ON gate_pass (plate, decided, id) WHERE plate <> '';
CREATE INDEX gate_pass_held ON gate_pass (hold_until, id) WHERE hold_state = 'held';
CREATE INDEX gate_pass_complaint ON gate_pass (complaint);
