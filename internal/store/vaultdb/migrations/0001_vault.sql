CREATE TABLE vault_keyset (
  name {{text}} NOT NULL,
  version {{bigint}} NOT NULL,
  wrapped {{bytes}} NOT NULL,
  PRIMARY KEY (name, version)
) {{strict}};
CREATE TABLE vault_person (
  id {{serial}},
  no {{text}} NOT NULL UNIQUE,
  request {{text}} NOT NULL UNIQUE,
  mask {{text}} NOT NULL,
  pinyin {{text}} NOT NULL,
  doc_failed {{bigint}} NOT NULL,
  wrapped {{bytes}},
  sealed {{bytes}},
  tokens {{bytes}},
  merged_into {{text}} NOT NULL,
  sealed_at {{bigint}} NOT NULL,
  committed {{bigint}} NOT NULL,
  forgotten_at {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX vault_person_orphan ON vault_person (sealed_at) WHERE committed = 0;
CREATE TABLE vault_token (
  token {{bigint}} NOT NULL,
  person {{bigint}} NOT NULL,
  PRIMARY KEY (token, person)
) {{clustered}};
CREATE TABLE vault_tally (
  id {{serial}},
  n {{bigint}} NOT NULL
) {{strict}};
