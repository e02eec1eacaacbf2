-- One journey of one vehicle. The plate is a keyed token; crews stand in trip_crew.
CREATE TABLE trip (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  carrier {{text}} NOT NULL,
  carrier_name {{text}} NOT NULL,
  plate {{text}} NOT NULL,
  plate_mask {{text}} NOT NULL,
  people {{bigint}} NOT NULL,
  mask {{text}} NOT NULL,
  cargo {{text}} NOT NULL,
  cargo_kind {{text}} NOT NULL,
  consignee {{text}} NOT NULL,
  consignee_area {{text}} NOT NULL,
  origin {{text}} NOT NULL,
  left_day {{bigint}} NOT NULL,
  route {{text}} NOT NULL,
  planned {{bigint}} NOT NULL,
  short {{text}} NOT NULL,
  transit {{bigint}} NOT NULL,
  seal {{text}} NOT NULL,
  escort {{text}} NOT NULL,
  channel {{text}} NOT NULL,
  external {{text}} NOT NULL,
  secret {{text}} NOT NULL,
  state {{text}} NOT NULL,
  stranded {{bigint}} NOT NULL,
  orphan {{bigint}} NOT NULL,
  deviations {{bigint}} NOT NULL,
  seen_at {{bigint}} NOT NULL,
  seen_place {{text}} NOT NULL,
  arrived_at {{bigint}} NOT NULL,
  entered_at {{bigint}} NOT NULL,
  ended_at {{bigint}} NOT NULL,
  area {{text}} NOT NULL,
  positive {{text}} NOT NULL,
  found_at {{bigint}} NOT NULL,
  permit {{text}} NOT NULL,
  reason {{text}} NOT NULL,
  invented {{bigint}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX trip_no ON trip (no);
CREATE UNIQUE INDEX trip_secret ON trip (secret) WHERE secret <> '';
CREATE UNIQUE INDEX trip_external ON trip (carrier, external) WHERE external <> '';
CREATE INDEX trip_plate ON trip (plate, created_at, id);
CREATE INDEX trip_by_planned ON trip (state, planned, id, area);
CREATE INDEX trip_by_area ON trip (state, area, planned, id);
CREATE INDEX trip_newest ON trip (state, created_at, id, area);
CREATE INDEX trip_by_seen ON trip (state, seen_at, id, area);
CREATE INDEX trip_arrived ON trip (arrived_at, id) WHERE arrived_at > 0;
-- Who travels on a vehicle: a person number, a mask, a keyed token of the document.
CREATE TABLE trip_crew (
  id {{text}} PRIMARY KEY,
  trip {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  role {{text}} NOT NULL,
  token {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX trip_crew_trip ON trip_crew (trip, id);
CREATE INDEX trip_crew_person ON trip_crew (person, trip);
-- What a trip did, with place and source.
CREATE TABLE trip_move (
  id {{text}} PRIMARY KEY,
  trip {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  place {{text}} NOT NULL,
  area {{text}} NOT NULL,
  ref {{text}} NOT NULL,
  source {{text}} NOT NULL,
  note {{text}} NOT NULL,
  off {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX trip_move_trip ON trip_move (trip, at, id);
-- Who answers for a trip, from hand-over to hand-over.
CREATE TABLE trip_leg (
  id {{text}} PRIMARY KEY,
  trip {{text}} NOT NULL,
  giver {{text}} NOT NULL,
  receiver {{text}} NOT NULL,
  role {{text}} NOT NULL,
  place {{text}} NOT NULL,
  area {{text}} NOT NULL,
  offered {{bigint}} NOT NULL,
  accepted {{bigint}} NOT NULL,
  ended {{bigint}} NOT NULL,
  gap_at {{bigint}} NOT NULL,
  by_name {{text}} NOT NULL,
  note {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX trip_leg_trip ON trip_leg (trip, offered, id);
-- The permit of a trip, in tokens.
CREATE TABLE permit (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  trip {{text}} NOT NULL,
  plate {{text}} NOT NULL,
  plate_mask {{text}} NOT NULL,
  crew {{text}} NOT NULL,
  route {{text}} NOT NULL,
  from_at {{bigint}} NOT NULL,
  until_at {{bigint}} NOT NULL,
  ticket {{text}} NOT NULL,
  issued_by {{text}} NOT NULL,
  issued_at {{bigint}} NOT NULL,
  revoked {{bigint}} NOT NULL,
  reason {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX permit_trip ON permit (trip, issued_at, id);
CREATE INDEX permit_until ON permit (until_at, id);
-- Haulage firms, with the hash of what their system signs in with.
CREATE TABLE carrier (
  id {{text}} PRIMARY KEY,
  name {{text}} NOT NULL,
  area {{text}} NOT NULL,
  post {{text}} NOT NULL,
  key_hash {{text}} NOT NULL,
  white {{text}} NOT NULL,
  closed {{bigint}} NOT NULL,
  invented {{bigint}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX carrier_key ON carrier (key_hash) WHERE key_hash <> '';
-- Motorway service areas and what is open there.
CREATE TABLE service_area (
  id {{text}} PRIMARY KEY,
  name_zh {{text}} NOT NULL,
  name_en {{text}} NOT NULL,
  road {{text}} NOT NULL,
  area {{text}} NOT NULL,
  spaces {{bigint}} NOT NULL,
  open_services {{text}} NOT NULL,
  control {{text}} NOT NULL,
  told {{bigint}} NOT NULL,
  told_by {{text}} NOT NULL,
  note {{text}} NOT NULL,
  invented {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
-- One vehicle's stay in a service area.
CREATE TABLE service_area_visit (
  id {{text}} PRIMARY KEY,
  service_area {{text}} NOT NULL,
  name_zh {{text}} NOT NULL,
  name_en {{text}} NOT NULL,
  area {{text}} NOT NULL,
  trip {{text}} NOT NULL,
  plate {{text}} NOT NULL,
  plate_mask {{text}} NOT NULL,
  people {{bigint}} NOT NULL,
  in_at {{bigint}} NOT NULL,
  out_at {{bigint}} NOT NULL,
  where_text {{text}} NOT NULL,
  source {{text}} NOT NULL,
  case_id {{text}} NOT NULL,
  stay {{text}} NOT NULL,
  told {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX visit_area ON service_area_visit (service_area, in_at, id);
CREATE INDEX visit_trip ON service_area_visit (trip, in_at, id) WHERE trip <> '';
CREATE INDEX visit_told ON service_area_visit (told, id) WHERE told > 0;
-- Orders that close a stretch of road or a place on it.
CREATE TABLE road_closure (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  name {{text}} NOT NULL,
  ref {{text}} NOT NULL,
  area {{text}} NOT NULL,
  basis {{text}} NOT NULL,
  document {{text}} NOT NULL,
  level {{text}} NOT NULL,
  announced {{bigint}} NOT NULL,
  from_at {{bigint}} NOT NULL,
  until_at {{bigint}} NOT NULL,
  reason_zh {{text}} NOT NULL,
  reason_en {{text}} NOT NULL,
  detour {{text}} NOT NULL,
  keeps {{text}} NOT NULL,
  by_name {{text}} NOT NULL,
  lifted {{bigint}} NOT NULL,
  why {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX road_closure_until ON road_closure (until_at, id);
-- Requests for help by what they are about: a trip's page shows its own.
CREATE INDEX help_about ON help_request (about, at, id) WHERE about <> '';
