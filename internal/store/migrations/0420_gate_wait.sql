-- What is kept about the waits at a site: the plan of lanes, and the open alarm.
CREATE TABLE gate_wait (
  site {{text}} PRIMARY KEY,
  area {{text}} NOT NULL,
  plan {{text}} NOT NULL,
  plan_for {{text}} NOT NULL,
  plan_from {{bigint}} NOT NULL,
  plan_by {{text}} NOT NULL,
  watching {{bigint}} NOT NULL,
  loop {{text}} NOT NULL,
  since {{bigint}} NOT NULL,
  p95 {{bigint}} NOT NULL,
  target {{bigint}} NOT NULL,
  hopeless {{bigint}} NOT NULL,
  version {{bigint}} NOT NULL
) {{strict}};
