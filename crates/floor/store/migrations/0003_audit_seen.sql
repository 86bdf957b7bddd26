-- Owner: store. Whom a row of the log showed besides the one it is about: every person of a list, an export or a desk.
-- Made from the row's own `keys`, so that «who saw my mother» is answered from an index and not by reading every list.
CREATE TABLE audit_seen (
  subject TEXT NOT NULL,
  at BIGINT NOT NULL,
  audit_id TEXT NOT NULL,
  PRIMARY KEY (subject, at, audit_id)
);
