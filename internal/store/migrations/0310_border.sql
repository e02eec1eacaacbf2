-- Who travels together.
CREATE TABLE travel_group (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  size {{bigint}} NOT NULL,
  known {{bigint}} NOT NULL,
  declared {{bigint}} NOT NULL,
  channel {{text}} NOT NULL,
  mode {{text}} NOT NULL,
  vehicle {{text}} NOT NULL,
  booking {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  request {{text}} NOT NULL,
  secret {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX travel_group_no ON travel_group (no);
CREATE UNIQUE INDEX travel_group_secret ON travel_group (secret) WHERE secret <> '';
CREATE UNIQUE INDEX travel_group_request ON travel_group (request) WHERE request <> '';
CREATE INDEX travel_group_booking ON travel_group (booking, id) WHERE booking <> '';
-- One person's coming. The columns from origin on repeat in plain form what the
-- lists ask for: the code of the latest origin, by whom it is known, the instant
-- of each check (0: missing), the first due of a missing one, the last made.
CREATE TABLE arrival (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  group_id {{text}} NOT NULL,
  head {{bigint}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  document {{text}} NOT NULL,
  channels {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  origins {{text}} NOT NULL,
  mode {{text}} NOT NULL,
  vehicle {{text}} NOT NULL,
  seat {{text}} NOT NULL,
  entry {{text}} NOT NULL,
  expected {{bigint}} NOT NULL,
  arrived {{bigint}} NOT NULL,
  stay {{text}} NOT NULL,
  stay_text {{text}} NOT NULL,
  area {{text}} NOT NULL,
  checks {{text}} NOT NULL,
  missing {{bigint}} NOT NULL,
  tier {{text}} NOT NULL,
  regime {{text}} NOT NULL,
  rule {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  since {{bigint}} NOT NULL,
  until_day {{bigint}} NOT NULL,
  confirmed_by {{text}} NOT NULL,
  undeclared {{bigint}} NOT NULL,
  found_by {{text}} NOT NULL,
  stage {{text}} NOT NULL,
  holder {{text}} NOT NULL,
  room {{text}} NOT NULL,
  next_due {{bigint}} NOT NULL,
  reason {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  state {{text}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  updated_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL,
  origin {{text}} NOT NULL,
  by_declared {{bigint}} NOT NULL,
  by_feed {{bigint}} NOT NULL,
  by_gate {{bigint}} NOT NULL,
  by_found {{bigint}} NOT NULL,
  headcount_at {{bigint}} NOT NULL,
  identity_at {{bigint}} NOT NULL,
  location_at {{bigint}} NOT NULL,
  measure_at {{bigint}} NOT NULL,
  check_due {{bigint}} NOT NULL,
  complete_at {{bigint}} NOT NULL,
  came {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX arrival_no ON arrival (no);
CREATE INDEX arrival_group ON arrival (group_id, id);
CREATE INDEX arrival_person ON arrival (person, id) WHERE person <> '';
CREATE INDEX arrival_vehicle ON arrival (vehicle, came) WHERE vehicle <> '';
CREATE INDEX arrival_by_came ON arrival (state, came, id, area, missing, tier, origin);
CREATE INDEX arrival_by_due ON arrival (state, next_due, id, area, missing, tier, origin);
CREATE INDEX arrival_by_no ON arrival (state, no, id, area, missing, tier, origin);
CREATE INDEX arrival_by_area ON arrival (state, area, id, missing, tier, origin, came, next_due, no);
-- Which row of which feed told of which coming.
CREATE TABLE arrival_report (
  id {{text}} PRIMARY KEY,
  arrival {{text}} NOT NULL,
  channel {{text}} NOT NULL,
  feed {{text}} NOT NULL,
  external {{text}} NOT NULL,
  print {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  received {{bigint}} NOT NULL,
  why {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX arrival_report_arrival ON arrival_report (arrival, received, id);
-- Who answers for an arrival, from when to when.
CREATE TABLE arrival_custody (
  id {{text}} PRIMARY KEY,
  arrival {{text}} NOT NULL,
  stage {{text}} NOT NULL,
  holder {{text}} NOT NULL,
  code {{text}} NOT NULL,
  area {{text}} NOT NULL,
  offered {{bigint}} NOT NULL,
  accepted {{bigint}} NOT NULL,
  ended {{bigint}} NOT NULL,
  by_name {{text}} NOT NULL,
  letter {{text}} NOT NULL,
  note {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX arrival_custody_arrival ON arrival_custody (arrival, offered, id);
-- The published level of an area for a stretch of days.
CREATE TABLE grade (
  id {{text}} PRIMARY KEY,
  disease {{text}} NOT NULL,
  code {{text}} NOT NULL,
  name {{text}} NOT NULL,
  level {{text}} NOT NULL,
  from_day {{bigint}} NOT NULL,
  to_day {{bigint}} NOT NULL,
  source {{text}} NOT NULL,
  invented {{bigint}} NOT NULL,
  withdrawn {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX grade_code ON grade (code, from_day, id);
CREATE INDEX grade_from ON grade (from_day, code, id);
