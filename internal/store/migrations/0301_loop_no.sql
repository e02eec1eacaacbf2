-- The visible number of what a duty is about, for notices and boards.
ALTER TABLE loop ADD COLUMN no {{text}} NOT NULL DEFAULT '';
