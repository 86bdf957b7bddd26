-- Owner: entitle. 政策测算 (rows C02, C03): a list against the one in force, over everybody. The result is JSON of
-- counts by item and area; it names nobody.
CREATE TABLE entitle_trial (
  id TEXT NOT NULL PRIMARY KEY,
  -- the version that is tried, and the one it is compared with
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  base TEXT NOT NULL,
  base_digest TEXT NOT NULL,
  -- the day that each is asked about
  day INTEGER NOT NULL,
  base_day INTEGER NOT NULL,
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
CREATE INDEX entitle_trial_digest ON entitle_trial (digest, base_digest, asked_at);
CREATE INDEX entitle_trial_asked ON entitle_trial (asked_at);
