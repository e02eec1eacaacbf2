-- Phones of the field with their public keys; the private halves never leave them.
CREATE TABLE device (
  id {{text}} PRIMARY KEY,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  area {{text}} NOT NULL,
  name {{text}} NOT NULL,
  key_kty {{text}} NOT NULL,
  key_crv {{text}} NOT NULL,
  key_x {{text}} NOT NULL,
  key_y {{text}} NOT NULL,
  key_kid {{text}} NOT NULL,
  state {{text}} NOT NULL,
  enrolled_at {{bigint}} NOT NULL,
  seen_at {{bigint}} NOT NULL,
  synced_at {{bigint}} NOT NULL,
  offset_ms {{bigint}} NOT NULL,
  lost_since {{bigint}} NOT NULL,
  lost_at {{bigint}} NOT NULL,
  lost_by {{text}} NOT NULL,
  wiped_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX device_by_owner ON device (owner, enrolled_at, id);
CREATE INDEX device_newest ON device (enrolled_at, id);
-- What devices sent, one row for each operation, whatever came of it.
CREATE TABLE device_operation (
  id {{text}} PRIMARY KEY,
  device {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  target {{text}} NOT NULL,
  area {{text}} NOT NULL,
  base {{text}} NOT NULL,
  built_on {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  fixed {{bigint}} NOT NULL,
  received {{bigint}} NOT NULL,
  offset_ms {{bigint}} NOT NULL,
  ticket {{text}} NOT NULL,
  hash {{text}} NOT NULL,
  body {{text}} NOT NULL,
  outcome {{text}} NOT NULL,
  problem {{text}} NOT NULL,
  args {{text}} NOT NULL,
  faults {{text}} NOT NULL,
  made {{text}} NOT NULL,
  after_base {{text}} NOT NULL,
  conflict {{text}} NOT NULL,
  late {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX device_operation_device ON device_operation (device, received, id);
CREATE INDEX device_operation_newest ON device_operation (received, id);
-- Two sides of one thing until a person has decided.
CREATE TABLE device_conflict (
  id {{text}} PRIMARY KEY,
  operation {{text}} NOT NULL,
  device {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  target {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  step {{text}} NOT NULL,
  title_zh {{text}} NOT NULL,
  title_en {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  area {{text}} NOT NULL,
  why {{text}} NOT NULL,
  args {{text}} NOT NULL,
  fields {{text}} NOT NULL,
  mine_at {{bigint}} NOT NULL,
  theirs_by {{text}} NOT NULL,
  theirs_at {{bigint}} NOT NULL,
  at {{bigint}} NOT NULL,
  state {{text}} NOT NULL,
  keep {{text}} NOT NULL,
  words {{text}} NOT NULL,
  decided_by {{text}} NOT NULL,
  decided_at {{bigint}} NOT NULL,
  made {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX device_conflict_state ON device_conflict (state, at, id);
CREATE INDEX device_conflict_target ON device_conflict (target, at, id);
-- Hand-overs that two phones signed without a network, by the giver's nonce.
CREATE TABLE device_transfer (
  nonce {{text}} PRIMARY KEY,
  loop_id {{text}} NOT NULL,
  giver_account {{text}} NOT NULL,
  receiver_account {{text}} NOT NULL,
  giver {{text}} NOT NULL,
  receiver {{text}} NOT NULL,
  given {{text}} NOT NULL,
  taken {{text}} NOT NULL,
  given_at {{bigint}} NOT NULL,
  taken_at {{bigint}} NOT NULL,
  place {{text}} NOT NULL,
  told {{bigint}} NOT NULL,
  told_by {{text}} NOT NULL,
  handover {{text}} NOT NULL,
  operation {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
-- Pictures; their bytes lie sealed in the data directory.
CREATE TABLE device_photo (
  id {{text}} PRIMARY KEY,
  device {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  about {{text}} NOT NULL,
  area {{text}} NOT NULL,
  hash {{text}} NOT NULL,
  type {{text}} NOT NULL,
  size_bytes {{bigint}} NOT NULL,
  parts {{bigint}} NOT NULL,
  got {{text}} NOT NULL,
  state {{text}} NOT NULL,
  taken_at {{bigint}} NOT NULL,
  at {{bigint}} NOT NULL,
  until_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX device_photo_until ON device_photo (until_at, id);
-- Printed forms of steps, by the keyed hash of their code.
CREATE TABLE device_paper (
  id {{text}} PRIMARY KEY,
  step {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  area {{text}} NOT NULL,
  base {{text}} NOT NULL,
  lang {{text}} NOT NULL,
  by_name {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  used {{bigint}} NOT NULL,
  used_by {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX device_paper_step ON device_paper (step, at, id);
