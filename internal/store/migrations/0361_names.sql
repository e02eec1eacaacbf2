-- Who has custody, in both languages.
ALTER TABLE arrival_custody ADD COLUMN name_zh {{text}} NOT NULL DEFAULT '';
ALTER TABLE arrival_custody ADD COLUMN name_en {{text}} NOT NULL DEFAULT '';
-- Whose requests for help they are, for merging two numbers of one person.
CREATE INDEX help_person ON help_request (person, at, id) WHERE person <> '';
