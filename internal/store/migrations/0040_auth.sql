CREATE TABLE principal (
  id {{text}} PRIMARY KEY,
  login {{text}} NOT NULL,
  work_name {{text}} NOT NULL,
  roles {{text}} NOT NULL,
  area {{text}} NOT NULL,
  path {{text}} NOT NULL,
  disabled {{bigint}} NOT NULL,
  must_change {{bigint}} NOT NULL,
  failures {{bigint}} NOT NULL,
  locked_until {{bigint}} NOT NULL,
  password_set {{bigint}} NOT NULL,
  created_at {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
CREATE UNIQUE INDEX principal_login ON principal (login);
CREATE INDEX principal_path ON principal (path, login, id);

-- Secrets stand apart from the rows that events carry.
CREATE TABLE password (
  principal {{text}} PRIMARY KEY,
  hash {{text}} NOT NULL
) {{strict}};

CREATE TABLE session (
  token_hash {{text}} PRIMARY KEY,
  principal {{text}} NOT NULL,
  csrf {{text}} NOT NULL,
  created {{bigint}} NOT NULL,
  seen {{bigint}} NOT NULL,
  expires {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX session_principal ON session (principal);
CREATE INDEX session_expires ON session (expires);
