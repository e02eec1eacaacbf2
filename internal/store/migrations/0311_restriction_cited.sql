-- What of an arrival a restriction cites; cases and results speak for themselves.
ALTER TABLE restriction ADD COLUMN cited_zh {{text}} NOT NULL DEFAULT '';
ALTER TABLE restriction ADD COLUMN cited_en {{text}} NOT NULL DEFAULT '';
