-- Owner: period. Snapshots that were taken: every night, and each month-end frozen for good (engineering.md 7, 11).
-- A row never changes but for directory, which becomes NULL when a nightly snapshot's person-level files are removed.
-- files: JSON list of file, rows and SM3; content: SM3 over the roll-ups of towns and above and the SM3 over those of
-- villages; villages: the latter; digest: SM3 over the files' digests and content.
-- differs: JSON list of the roll-ups that moved against the version it supersedes.
CREATE TABLE period_snapshot (
  snapshot BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('nightly', 'month_end')),
  day INTEGER NOT NULL,
  version BIGINT NOT NULL,
  known_at BIGINT NOT NULL,
  directory TEXT,
  files TEXT NOT NULL,
  content TEXT NOT NULL,
  villages TEXT NOT NULL,
  digest TEXT NOT NULL,
  plan_digest TEXT,
  people BIGINT NOT NULL,
  supersedes BIGINT,
  differs TEXT NOT NULL,
  taken_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX period_snapshot_version ON period_snapshot (kind, day, version);

-- Roll-ups by both area trees. area: a 12-digit code of the 行政区划 (village, town, county, city), 'E:' and the key of
-- a body of the 管理区划, or '-' for everybody elsewhere or not known. cells: lines of subject|state|people|fen in their
-- order; subject: a measure, or 'item:3'; state: the basis of a measure (residence, hukou), or yes, unknown, ask,
-- receiving, owed, undue of an item. Only cells that are not zero. Villages only of month-ends and the last nights.
CREATE TABLE period_rollup (
  snapshot BIGINT NOT NULL,
  area TEXT NOT NULL,
  cells TEXT NOT NULL,
  PRIMARY KEY (snapshot, area)
) /*sqlite WITHOUT ROWID*/;

-- The nightly recomputation found a difference. people_keys: at most 20 keys, no names; cells: JSON, at most 20 counts.
CREATE TABLE period_alarm (
  alarm TEXT NOT NULL PRIMARY KEY,
  day INTEGER NOT NULL,
  found_at BIGINT NOT NULL,
  people BIGINT NOT NULL,
  people_keys TEXT NOT NULL,
  counts BIGINT NOT NULL,
  cells TEXT NOT NULL,
  closed_at BIGINT
);
