-- Owner: cases. Steps that a body with county powers hands to its towns, for some days, by document. A row is never
-- changed but for its end: a taking back has its last day.
CREATE TABLE cases_delegation (
  delegation TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  programme TEXT NOT NULL,
  step TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  until_day INTEGER NOT NULL,
  document TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  -- the last day, where it was taken back
  ended_day INTEGER,
  ended_by TEXT,
  ended_at BIGINT
);
CREATE INDEX cases_delegation_office ON cases_delegation (office, programme);

-- The day on which the present step began: whoever had it then keeps it.
ALTER TABLE cases_case ADD COLUMN entered INTEGER;
