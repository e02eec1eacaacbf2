-- Persons by number; who they are stands in the vault.
CREATE TABLE person (
  no {{text}} PRIMARY KEY,
  mask {{text}} NOT NULL,
  pinyin {{text}} NOT NULL,
  sex {{text}} NOT NULL,
  birth_year {{bigint}} NOT NULL,
  home {{text}} NOT NULL,
  merged_into {{text}} NOT NULL,
  moved {{text}} NOT NULL,
  placeholder {{bigint}} NOT NULL,
  created_at {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into <> '';

-- States are listed here because lists walk one index range for each of them.
CREATE TABLE case_record (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  regime {{text}} NOT NULL,
  class {{text}} NOT NULL,
  state {{text}} NOT NULL CHECK (state IN ('open', 'closed', 'retracted')),
  onset {{bigint}} NOT NULL,
  exposed {{bigint}} NOT NULL,
  sampled {{bigint}} NOT NULL,
  diagnosed {{bigint}} NOT NULL,
  reported {{bigint}} NOT NULL,
  outcome {{text}} NOT NULL,
  outcome_day {{bigint}} NOT NULL,
  channel {{text}} NOT NULL,
  home {{text}} NOT NULL,
  stay {{text}} NOT NULL,
  exposure {{text}} NOT NULL,
  area {{text}} NOT NULL,
  facility {{text}} NOT NULL,
  setting {{text}} NOT NULL,
  extra {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  import_id {{text}} NOT NULL,
  historic {{bigint}} NOT NULL,
  retraction {{text}} NOT NULL,
  version {{bigint}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  updated_at {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX case_record_no ON case_record (no);
CREATE UNIQUE INDEX case_record_origin ON case_record (disease, source, external) WHERE external <> '';
CREATE INDEX case_record_external ON case_record (external) WHERE external <> '';
CREATE INDEX case_record_facility ON case_record (facility) WHERE facility <> '';
CREATE INDEX case_record_person ON case_record (person);
-- Each list order has an index that also holds what lists filter by.
CREATE INDEX case_record_by_reported ON case_record (state, reported, id, area, disease, class);
CREATE INDEX case_record_by_onset ON case_record (state, onset, id, area, disease, class, reported, sampled);
CREATE INDEX case_record_by_no ON case_record (state, no, id, area, disease, class, reported);
CREATE INDEX case_record_by_area ON case_record (state, area, id, disease, class, reported, onset, sampled, no);

CREATE TABLE result (
  id {{text}} PRIMARY KEY,
  person {{text}} NOT NULL,
  case_id {{text}} NOT NULL,
  contact {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  accession {{text}} NOT NULL,
  collected {{bigint}} NOT NULL,
  resulted {{bigint}} NOT NULL,
  outcome {{text}} NOT NULL,
  value {{text}} NOT NULL,
  lab {{text}} NOT NULL,
  state {{text}} NOT NULL,
  extra {{text}} NOT NULL,
  area {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  import_id {{text}} NOT NULL,
  version {{bigint}} NOT NULL,
  created_at {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX result_origin ON result (disease, source, external) WHERE external <> '';
CREATE INDEX result_person ON result (person, collected, id);
CREATE INDEX result_case ON result (case_id, collected, id) WHERE case_id <> '';
CREATE INDEX result_contact ON result (contact, collected, id) WHERE contact <> '';
CREATE INDEX result_accession ON result (accession);

CREATE TABLE contact (
  id {{text}} PRIMARY KEY,
  no {{text}} NOT NULL,
  person {{text}} NOT NULL,
  mask {{text}} NOT NULL,
  case_id {{text}} NOT NULL,
  case_no {{text}} NOT NULL,
  via {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  regime {{text}} NOT NULL,
  class {{text}} NOT NULL,
  state {{text}} NOT NULL CHECK (state IN ('candidate', 'dismissed', 'following', 'completed', 'became_case', 'lost', 'withdrawn', 'history')),
  first_exposure {{bigint}} NOT NULL,
  last_exposure {{bigint}} NOT NULL,
  until_day {{bigint}} NOT NULL,
  setting {{text}} NOT NULL,
  relation {{text}} NOT NULL,
  place {{text}} NOT NULL,
  home {{text}} NOT NULL,
  stay {{text}} NOT NULL,
  area {{text}} NOT NULL,
  loop_id {{text}} NOT NULL,
  owner {{text}} NOT NULL,
  owner_name {{text}} NOT NULL,
  next_due {{bigint}} NOT NULL,
  last_report {{bigint}} NOT NULL,
  symptomatic {{bigint}} NOT NULL,
  confirmed_by {{text}} NOT NULL,
  room {{text}} NOT NULL,
  link_serial {{bigint}} NOT NULL,
  extra {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  import_id {{text}} NOT NULL,
  historic {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  updated_at {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX contact_number ON contact (no);
CREATE UNIQUE INDEX contact_origin ON contact (disease, source, external) WHERE external <> '';
CREATE INDEX contact_external ON contact (external) WHERE external <> '';
CREATE INDEX contact_place ON contact (place) WHERE place <> '';
CREATE INDEX contact_person ON contact (person);
CREATE INDEX contact_case ON contact (case_id, no);
CREATE INDEX contact_via ON contact (via, no) WHERE via <> '';
CREATE INDEX contact_by_due ON contact (state, next_due, id, area, disease, class, owner, symptomatic, last_report);
CREATE INDEX contact_by_exposure ON contact (state, last_exposure, id, area, disease, class, owner, symptomatic, last_report, next_due);
CREATE INDEX contact_by_no ON contact (state, no, id, area, disease, class, owner, symptomatic, last_report, next_due);
CREATE INDEX contact_by_area ON contact (state, area, id, next_due, last_exposure, no, disease, class, owner, symptomatic, last_report);
CREATE INDEX contact_by_owner ON contact (owner, state, next_due, id, area, last_exposure, no, disease, class, symptomatic, last_report);

CREATE TABLE stay (
  id {{text}} PRIMARY KEY,
  person {{text}} NOT NULL,
  case_id {{text}} NOT NULL,
  place {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  area {{text}} NOT NULL,
  from_at {{bigint}} NOT NULL,
  to_at {{bigint}} NOT NULL,
  note {{text}} NOT NULL,
  state {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  import_id {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX stay_origin ON stay (source, external) WHERE external <> '';
CREATE INDEX stay_case ON stay (case_id, from_at, id) WHERE case_id <> '';
CREATE INDEX stay_person ON stay (person, from_at, id) WHERE person <> '';

CREATE TABLE link (
  id {{text}} PRIMARY KEY,
  from_person {{text}} NOT NULL,
  to_person {{text}} NOT NULL,
  from_case {{text}} NOT NULL,
  to_case {{text}} NOT NULL,
  to_contact {{text}} NOT NULL,
  disease {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  setting {{text}} NOT NULL,
  certainty {{text}} NOT NULL,
  day {{bigint}} NOT NULL,
  state {{text}} NOT NULL,
  extra {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  import_id {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX link_origin ON link (disease, source, external) WHERE external <> '';
CREATE INDEX link_from ON link (from_person);
CREATE INDEX link_to ON link (to_person);

CREATE TABLE follow_up (
  id {{text}} PRIMARY KEY,
  contact {{text}} NOT NULL,
  person {{text}} NOT NULL,
  day {{bigint}} NOT NULL,
  status {{text}} NOT NULL,
  temperature {{real}} NOT NULL,
  symptoms {{text}} NOT NULL,
  reporter {{text}} NOT NULL,
  at {{bigint}} NOT NULL,
  note {{text}} NOT NULL,
  extra {{text}} NOT NULL,
  source {{text}} NOT NULL,
  external {{text}} NOT NULL,
  import_id {{text}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX follow_up_origin ON follow_up (source, external) WHERE external <> '';
CREATE INDEX follow_up_contact ON follow_up (contact, day, at, id);
CREATE INDEX follow_up_person ON follow_up (person, day);
