-- Owner: plan. Edits on the web and acknowledged findings (rows A01, A21; invariant 2).
-- A folder without a list has list_name '' and as list_version the day its documents begin.
ALTER TABLE plan_version ADD COLUMN based_on TEXT;
ALTER TABLE plan_version ADD COLUMN says TEXT;
-- A draft that a later edit replaced: kept as history, no longer offered.
ALTER TABLE plan_version ADD COLUMN superseded_by TEXT;

-- Findings that somebody looked at; print: fingerprint of the finding's values then.
CREATE TABLE plan_ack (
  slug TEXT NOT NULL,
  finding TEXT NOT NULL,
  print TEXT NOT NULL,
  reason TEXT NOT NULL,
  acted_by TEXT NOT NULL,
  acted_by_name TEXT NOT NULL,
  acted_on INTEGER NOT NULL,
  acted_at BIGINT NOT NULL,
  PRIMARY KEY (slug, finding, print)
);
