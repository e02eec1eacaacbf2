-- Lots of goods and parcels from abroad or from a graded area.
CREATE TABLE lot (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  name {{text}} NOT NULL,
  quantity {{bigint}} NOT NULL,
  unit {{text}} NOT NULL,
  origin {{text}} NOT NULL,
  mark {{text}} NOT NULL,
  consignee {{text}} NOT NULL,
  place {{text}} NOT NULL,
  area {{text}} NOT NULL,
  trip {{text}} NOT NULL,
  parent {{text}} NOT NULL,
  root {{text}} NOT NULL,
  state {{text}} NOT NULL,
  before_state {{text}} NOT NULL,
  rules {{text}} NOT NULL,
  arrived_at {{bigint}} NOT NULL,
  touched_at {{bigint}} NOT NULL,
  sealed_at {{bigint}} NOT NULL,
  released_at {{bigint}} NOT NULL,
  released_by {{text}} NOT NULL,
  positive {{text}} NOT NULL,
  reason {{text}} NOT NULL,
  invented {{bigint}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX lot_no ON lot (no);
CREATE INDEX lot_mark ON lot (kind, mark, id) WHERE mark <> '';
CREATE INDEX lot_root ON lot (root, id);
CREATE INDEX lot_newest ON lot (state, created_at, id, area);
CREATE INDEX lot_by_area ON lot (state, area, created_at, id);
-- Places whose surfaces, air or water are sampled.
CREATE TABLE sample_point (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  name {{text}} NOT NULL,
  area {{text}} NOT NULL,
  every_days {{bigint}} NOT NULL,
  sampled_at {{bigint}} NOT NULL,
  positive {{text}} NOT NULL,
  closed {{bigint}} NOT NULL,
  invented {{bigint}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX sample_point_no ON sample_point (no);
-- What was taken of a lot or at a place, with what the laboratory told of it.
CREATE TABLE goods_sample (
  id {{text}} PRIMARY KEY,
  about {{text}} NOT NULL,
  accession {{text}} NOT NULL,
  what {{text}} NOT NULL,
  spots {{bigint}} NOT NULL,
  collected {{bigint}} NOT NULL,
  by_name {{text}} NOT NULL,
  outcome {{text}} NOT NULL,
  value {{text}} NOT NULL,
  lab {{text}} NOT NULL,
  resulted {{bigint}} NOT NULL,
  disease {{text}} NOT NULL,
  state {{text}} NOT NULL,
  reason {{text}} NOT NULL,
  area {{text}} NOT NULL,
  investigation {{text}} NOT NULL,
  disinfection {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX goods_sample_accession ON goods_sample (accession);
CREATE INDEX goods_sample_about ON goods_sample (about, collected, id);
-- Disinfections of a lot or a place.
CREATE TABLE goods_treatment (
  id {{text}} PRIMARY KEY,
  about {{text}} NOT NULL,
  what {{text}} NOT NULL,
  agent {{text}} NOT NULL,
  strength {{real}} NOT NULL,
  minutes {{bigint}} NOT NULL,
  at {{bigint}} NOT NULL,
  by_name {{text}} NOT NULL,
  note {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX goods_treatment_about ON goods_treatment (about, at, id);
-- Who has a lot, from hand-over to hand-over.
CREATE TABLE lot_leg (
  id {{text}} PRIMARY KEY,
  lot {{text}} NOT NULL,
  giver {{text}} NOT NULL,
  receiver {{text}} NOT NULL,
  place {{text}} NOT NULL,
  area {{text}} NOT NULL,
  offered {{bigint}} NOT NULL,
  accepted {{bigint}} NOT NULL,
  ended {{bigint}} NOT NULL,
  by_name {{text}} NOT NULL,
  note {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX lot_leg_lot ON lot_leg (lot, offered, id);
-- Those who worked on a lot or at a place: person numbers and masks.
CREATE TABLE goods_worker (
  id {{text}} PRIMARY KEY,
  about {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  work {{text}} NOT NULL,
  unit {{text}} NOT NULL,
  on_day {{bigint}} NOT NULL,
  contact {{text}} NOT NULL,
  sample {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX goods_worker_about ON goods_worker (about, id);
CREATE INDEX goods_worker_person ON goods_worker (person, id);
