-- Owner: exchange. Lists that go out to departments (比对) and files for national systems (上报).
CREATE TABLE exchange_number (
  purpose TEXT NOT NULL,
  year INTEGER NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (purpose, year)
);

CREATE TABLE exchange_batch (
  id TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('list', 'report')),
  kind TEXT NOT NULL,
  no TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope TEXT NOT NULL,
  scope_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  says TEXT NOT NULL,
  ask TEXT NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('xlsx', 'csv')),
  day INTEGER NOT NULL,
  asked_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'writing', 'done', 'failed', 'void')),
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  left_out BIGINT NOT NULL,
  goes_on TEXT,
  error TEXT,
  finished_at BIGINT,
  file TEXT,
  digest TEXT,
  size BIGINT,
  keep_until INTEGER
);
CREATE INDEX exchange_batch_kind ON exchange_batch (purpose, kind, asked_at);

-- Who stands on it under which number. `mapped` is sealed, there only until the file is written; `digest` is keyed.
CREATE TABLE exchange_line (
  batch TEXT NOT NULL,
  n BIGINT NOT NULL,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  digest TEXT NOT NULL,
  mapped TEXT,
  PRIMARY KEY (batch, n)
);
CREATE UNIQUE INDEX exchange_line_person ON exchange_line (batch, id);

-- Files that came back: returned lists and receipts.
CREATE TABLE exchange_upload (
  id TEXT NOT NULL PRIMARY KEY,
  batch TEXT NOT NULL REFERENCES exchange_batch (id),
  file TEXT NOT NULL,
  file_name TEXT NOT NULL,
  digest TEXT NOT NULL,
  detected TEXT NOT NULL,
  day INTEGER NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope TEXT NOT NULL,
  scope_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reading', 'done', 'failed')),
  total BIGINT NOT NULL,
  fresh BIGINT NOT NULL,
  known BIGINT NOT NULL,
  alike BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  refused BIGINT NOT NULL,
  error TEXT
);
CREATE INDEX exchange_upload_batch ON exchange_upload (batch, at);

-- Rows of them that were not taken: who it was as the file says, sealed, and why.
CREATE TABLE exchange_refused (
  upload TEXT NOT NULL,
  line BIGINT NOT NULL,
  who TEXT NOT NULL,
  says TEXT NOT NULL,
  fix TEXT NOT NULL,
  PRIMARY KEY (upload, line)
);

-- What a hit proposes: never a fact before somebody accepts it.
CREATE TABLE exchange_proposal (
  proposal TEXT NOT NULL PRIMARY KEY,
  batch TEXT NOT NULL REFERENCES exchange_batch (id),
  n BIGINT NOT NULL,
  digest TEXT NOT NULL,
  upload TEXT NOT NULL,
  kind TEXT NOT NULL,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  sets TEXT NOT NULL,
  since INTEGER NOT NULL,
  source_day INTEGER NOT NULL,
  suspect BOOLEAN NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'sent', 'settled')),
  at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by TEXT,
  UNIQUE (batch, n, digest)
);
CREATE INDEX exchange_proposal_state ON exchange_proposal (state, kind, at);
CREATE INDEX exchange_proposal_person ON exchange_proposal (id, state);

-- A record that a national system has or should have: keyed digests of what would be and what was reported.
CREATE TABLE exchange_record (
  system TEXT NOT NULL,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'reported', 'received', 'returned', 'ended')),
  digest TEXT NOT NULL,
  missing TEXT NOT NULL,
  told TEXT,
  batch TEXT,
  at BIGINT NOT NULL,
  PRIMARY KEY (system, shard, id)
);
CREATE INDEX exchange_record_person ON exchange_record (id);
CREATE INDEX exchange_record_hukou ON exchange_record (system, hukou_area, state);
CREATE INDEX exchange_record_residence ON exchange_record (system, residence_area);

-- Areas whose records are looked through every night, because somebody there reports.
CREATE TABLE exchange_kept (
  system TEXT NOT NULL,
  area TEXT NOT NULL,
  looked_at BIGINT,
  PRIMARY KEY (system, area)
);

-- Free text, apart so that it can be erased.
CREATE TABLE exchange_words (
  subject TEXT NOT NULL PRIMARY KEY,
  says TEXT NOT NULL
);
