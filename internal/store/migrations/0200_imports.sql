CREATE TABLE import (
  id {{text}} PRIMARY KEY,
  kind {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  source {{text}} NOT NULL,
  file_name {{text}} NOT NULL,
  size {{bigint}} NOT NULL,
  encoding {{text}} NOT NULL,
  delimiter {{text}} NOT NULL,
  sheet {{text}} NOT NULL,
  mapping {{text}} NOT NULL,
  state {{text}} NOT NULL,
  day {{bigint}} NOT NULL,
  row_count {{bigint}} NOT NULL,
  next {{bigint}} NOT NULL,
  accepted {{bigint}} NOT NULL,
  rejected {{bigint}} NOT NULL,
  unchanged {{bigint}} NOT NULL,
  warnings {{bigint}} NOT NULL,
  duplicates {{bigint}} NOT NULL,
  placeholders {{bigint}} NOT NULL,
  duties {{bigint}} NOT NULL,
  links {{bigint}} NOT NULL,
  by_name {{text}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  started_at {{bigint}} NOT NULL,
  finished_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX import_by_state ON import (state, id);
-- Which record a source's id led to, with a keyed print of what the row said.
CREATE TABLE import_key (
  id {{text}} PRIMARY KEY,
  kind {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  ref {{text}} NOT NULL,
  person {{text}} NOT NULL,
  print {{text}} NOT NULL,
  import_id {{text}} NOT NULL
) {{strict}};
CREATE INDEX import_key_external ON import_key (disease, external) WHERE kind IN ('case', 'contact', 'person');
-- The file itself, sealed by the vault, in parts; it goes when it is not needed.
CREATE TABLE import_file (
  import_id {{text}} NOT NULL,
  part {{bigint}} NOT NULL,
  content {{bytes}} NOT NULL,
  PRIMARY KEY (import_id, part)
) {{strict}};
CREATE TABLE import_problem (
  import_id {{text}} NOT NULL,
  n {{bigint}} NOT NULL,
  line {{bigint}} NOT NULL,
  col {{text}} NOT NULL,
  severity {{text}} NOT NULL,
  code {{text}} NOT NULL,
  args {{text}} NOT NULL,
  PRIMARY KEY (import_id, n)
) {{strict}};
CREATE INDEX import_problem_severity ON import_problem (import_id, severity, n);
CREATE TABLE import_lease (
  import_id {{text}} PRIMARY KEY,
  worker {{text}} NOT NULL,
  until {{bigint}} NOT NULL
) {{strict}};
