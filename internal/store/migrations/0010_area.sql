CREATE TABLE area (
  id {{text}} PRIMARY KEY,
  name_zh {{text}} NOT NULL,
  name_en {{text}} NOT NULL,
  level {{text}} NOT NULL,
  pinyin {{text}} NOT NULL,
  parent {{text}} NOT NULL,
  path {{text}} NOT NULL,
  command_parent {{text}} NOT NULL,
  population {{bigint}} NOT NULL,
  population_kind {{text}} NOT NULL,
  population_source {{text}} NOT NULL,
  lat {{real}} NOT NULL,
  lon {{real}} NOT NULL,
  valid_from {{bigint}} NOT NULL,
  valid_to {{bigint}} NOT NULL,
  -- What a search text is compared with: small letters without spaces.
  pinyin_key {{text}} NOT NULL,
  name_key {{text}} NOT NULL
) {{strict}};
CREATE INDEX area_parent ON area (parent, id);
CREATE INDEX area_command ON area (command_parent, id) WHERE command_parent <> '';
CREATE INDEX area_path ON area (path, level);
CREATE INDEX area_name ON area (name_zh);
CREATE INDEX area_pinyin ON area (pinyin_key);
CREATE INDEX area_name_key ON area (name_key);

CREATE TABLE parentage (
  id {{text}} PRIMARY KEY,
  area {{text}} NOT NULL,
  hierarchy {{text}} NOT NULL,
  parent {{text}} NOT NULL,
  from_day {{bigint}} NOT NULL,
  to_day {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX parentage_area ON parentage (area, hierarchy, from_day);

CREATE TABLE duty (
  id {{text}} PRIMARY KEY,
  area {{text}} NOT NULL,
  path {{text}} NOT NULL,
  theme {{text}} NOT NULL,
  principal {{text}} NOT NULL,
  work_name {{text}} NOT NULL,
  rank {{bigint}} NOT NULL,
  from_at {{bigint}} NOT NULL,
  to_at {{bigint}} NOT NULL,
  from_hour {{bigint}} NOT NULL,
  to_hour {{bigint}} NOT NULL,
  absent_from {{bigint}} NOT NULL,
  absent_to {{bigint}} NOT NULL,
  -- The roster's order: path, theme, rank.
  place {{text}} NOT NULL
) {{strict}};
CREATE INDEX duty_area ON duty (area, rank, id);
CREATE INDEX duty_place ON duty (place, id);
CREATE INDEX duty_principal ON duty (principal);

CREATE TABLE capacity (
  id {{text}} PRIMARY KEY,
  area {{text}} NOT NULL,
  path {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  total {{bigint}} NOT NULL,
  used {{bigint}} NOT NULL,
  as_of {{bigint}} NOT NULL
) {{strict}};
CREATE INDEX capacity_path ON capacity (path, kind, id);
