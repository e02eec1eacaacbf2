CREATE TABLE setting (
  name {{text}} PRIMARY KEY,
  value {{text}} NOT NULL
) {{strict}};
CREATE TABLE counter (
  series {{text}} PRIMARY KEY,
  n {{bigint}} NOT NULL
) {{strict}};
