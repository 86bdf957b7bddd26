-- Owner: store. What one account did last (the desk shows whom its reader opened): without it a day of a whole city is read.
CREATE INDEX audit_row_actor ON audit_row (actor, at, id);
