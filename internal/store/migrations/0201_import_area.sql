-- Where the sender of a file stands; files taken before this belong to the city.
ALTER TABLE import ADD COLUMN area_path {{text}} NOT NULL DEFAULT '';
