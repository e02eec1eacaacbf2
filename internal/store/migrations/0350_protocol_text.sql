-- The texts of protocols as they were in use: a duty runs to its end under the
-- text that it was opened with. Written once, never changed.
CREATE TABLE protocol_text (
  ref {{text}} PRIMARY KEY,
  id {{text}} NOT NULL,
  version {{text}} NOT NULL,
  hash {{text}} NOT NULL,
  file {{text}} NOT NULL,
  body {{text}} NOT NULL,
  at {{bigint}} NOT NULL
) {{strict}};
