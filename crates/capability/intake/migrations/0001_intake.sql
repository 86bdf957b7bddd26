-- Owner: intake. One row a list that was brought in; what it holds of people stands sealed in files.
CREATE TABLE intake_batch (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope TEXT NOT NULL,
  scope_name TEXT NOT NULL,
  file TEXT NOT NULL,
  file_name TEXT NOT NULL,
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  -- What stands as source in the history of who was changed: of this list alone.
  label TEXT NOT NULL,
  source TEXT NOT NULL,
  -- The office that owns the facts brought it: it stands above other lists.
  owned BOOLEAN NOT NULL,
  complete BOOLEAN NOT NULL,
  area TEXT,
  day INTEGER,
  detected TEXT,
  mapping TEXT,
  created_at BIGINT NOT NULL,
  checked_at BIGINT,
  committed_at BIGINT,
  withdrawn_at BIGINT,
  read_rows BIGINT NOT NULL,
  todo BIGINT NOT NULL,
  done BIGINT NOT NULL,
  -- Where committing or taking back stands.
  phase TEXT NOT NULL,
  place TEXT NOT NULL,
  counts TEXT,
  report TEXT,
  -- Why a second person must agree, and who did.
  stop TEXT,
  approved_by TEXT,
  approved_name TEXT,
  approved_at BIGINT,
  bad_file TEXT,
  members_file TEXT,
  error TEXT
);
CREATE INDEX intake_batch_created ON intake_batch (created_at);
CREATE INDEX intake_batch_digest ON intake_batch (digest);
CREATE INDEX intake_batch_label ON intake_batch (label);

-- Rows to be committed, in sealed files, in the order of the list.
CREATE TABLE intake_part (
  batch TEXT NOT NULL,
  seq BIGINT NOT NULL,
  file TEXT NOT NULL,
  first_line BIGINT NOT NULL,
  last_line BIGINT NOT NULL,
  staged BIGINT NOT NULL,
  PRIMARY KEY (batch, seq)
);

-- What stood before where a change has no history of its own: for taking back.
CREATE TABLE intake_undo (
  batch TEXT NOT NULL,
  seq BIGINT NOT NULL,
  file TEXT NOT NULL,
  PRIMARY KEY (batch, seq)
);

-- Which column is which, as somebody said it once for a source.
CREATE TABLE intake_mapping (
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  heading TEXT NOT NULL,
  meaning TEXT NOT NULL,
  PRIMARY KEY (kind, source, heading)
);
