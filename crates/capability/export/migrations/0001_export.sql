-- Owner: export. One row an export; no name, number or free text of anybody but the asker's own name.
CREATE TABLE export_run (
  id TEXT NOT NULL PRIMARY KEY,
  list TEXT NOT NULL,
  title TEXT NOT NULL,
  query TEXT NOT NULL,
  filters TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope TEXT NOT NULL,
  scope_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  day INTEGER NOT NULL,
  asked_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  total BIGINT NOT NULL,
  exact BOOLEAN NOT NULL,
  done BIGINT NOT NULL,
  goes_on TEXT,
  read_all BOOLEAN NOT NULL,
  error TEXT,
  finished_at BIGINT,
  file TEXT,
  digest TEXT,
  size BIGINT,
  keep_until INTEGER
);
CREATE INDEX export_run_owner ON export_run (owner, asked_at);

-- Chunks that are read and not yet in the workbook: what a killed job goes on from.
CREATE TABLE export_part (
  run TEXT NOT NULL,
  seq BIGINT NOT NULL,
  file TEXT NOT NULL,
  PRIMARY KEY (run, seq)
);

-- Free text of the reason, apart so that it can be erased (engineering.md 13, 15).
CREATE TABLE export_note (
  run TEXT NOT NULL PRIMARY KEY,
  note TEXT NOT NULL
);
