-- The coming that a public declaration is probably about, while nobody has seen
-- the person and said so.
ALTER TABLE arrival ADD COLUMN same_as {{text}} NOT NULL DEFAULT '';
CREATE INDEX arrival_claims ON arrival (same_as, id) WHERE same_as <> '';
