-- A duty that climbs takes its steps to another owner and area. By key within both,
-- its steps stand side by side before and after, and one page of the index changes
-- where each step changed its own; lists sort what they find there by due instant.
-- What counted by area is counted in the same index.
DROP INDEX step_total;
DROP INDEX step_by_area;
DROP INDEX step_by_owner;
CREATE INDEX step_by_area ON step (state, area, id, due, owner, kind, disease, escalations);
CREATE INDEX step_by_owner ON step (owner, state, id, due, area, kind, disease, escalations);
