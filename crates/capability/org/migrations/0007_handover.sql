-- Owner: org. 工作移交: who leaves work and places to whom, from when, until when (AB岗), prepared by one, confirmed by another.
-- scope: ids of the grants given to the successor; items: for each kind of work the keys that passed, JSON.
CREATE TABLE org_handover (
  id TEXT NOT NULL PRIMARY KEY,
  leaver TEXT NOT NULL REFERENCES org_account (id),
  successor TEXT NOT NULL REFERENCES org_account (id),
  from_day INTEGER NOT NULL,
  until_day INTEGER,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('prepared', 'confirmed', 'passed', 'returned', 'cancelled')),
  scope TEXT NOT NULL,
  items TEXT NOT NULL,
  made_by TEXT NOT NULL REFERENCES org_account (id),
  made_at BIGINT NOT NULL,
  confirmed_by TEXT REFERENCES org_account (id),
  confirmed_at BIGINT,
  CHECK (leaver <> successor),
  CHECK (until_day IS NULL OR from_day < until_day)
);
CREATE INDEX org_handover_state ON org_handover (state, from_day);
