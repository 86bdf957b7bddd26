-- Owner: entitle. Lists as of a day, as known at a moment (row C03, invariant 5): everybody's answers worked out anew
-- from dated facts. The result is JSON of counts by item, town and answer; it names nobody.
CREATE TABLE entitle_as_of (
  id TEXT NOT NULL PRIMARY KEY,
  -- 0 asks for all items
  item BIGINT NOT NULL,
  day INTEGER NOT NULL,
  known_at BIGINT NOT NULL,
  -- the list in force on the day
  digest TEXT NOT NULL,
  -- waiting, running, done, failed
  state TEXT NOT NULL,
  done_units BIGINT NOT NULL,
  total_units BIGINT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  ended_at BIGINT,
  result TEXT,
  error TEXT
);
CREATE INDEX entitle_as_of_asked ON entitle_as_of (asked_at);
