-- Owner: identity. Who is who (rows B01–B03): pairs of files that look like one person, what was decided of them,
-- merges with all that moved, people who act for somebody. Days are INTEGER yyyymmdd.

-- A pair is there once, whichever file was found first: a < b by id. Its id follows from both.
CREATE TABLE identity_pair (
  id TEXT NOT NULL PRIMARY KEY,
  a TEXT NOT NULL,
  b TEXT NOT NULL,
  score BIGINT NOT NULL,
  evidence TEXT NOT NULL,
  -- open, held, not_same, merged, gone (no longer alike, or one of the files was set aside)
  state TEXT NOT NULL,
  -- search, register, number, import
  source TEXT NOT NULL,
  found_at BIGINT NOT NULL,
  -- of what is compared of both, when it was found or decided
  digest TEXT NOT NULL,
  decided_by TEXT,
  decided_name TEXT,
  decided_at BIGINT,
  reason TEXT,
  -- the side whose office has agreed to a merge with the other county's, and who did
  agreed TEXT,
  agreed_by TEXT,
  agreed_name TEXT,
  agreed_at BIGINT,
  version BIGINT NOT NULL
);
CREATE INDEX identity_pair_state ON identity_pair (state, score);
CREATE INDEX identity_pair_a ON identity_pair (a);
CREATE INDEX identity_pair_b ON identity_pair (b);

-- Both files of a pair with their areas, for the scope of lists.
CREATE TABLE identity_side (
  pair TEXT NOT NULL,
  id TEXT NOT NULL,
  shard TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  PRIMARY KEY (pair, id)
);
CREATE INDEX identity_side_person ON identity_side (id);

-- Free text of a decision, apart so that it can be erased.
CREATE TABLE identity_note (
  id TEXT NOT NULL PRIMARY KEY,
  pair TEXT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX identity_note_pair ON identity_note (pair);

-- What a merge moved (JSON), so that it can be taken back exactly.
CREATE TABLE identity_merge (
  id TEXT NOT NULL PRIMARY KEY,
  pair TEXT NOT NULL,
  survivor TEXT NOT NULL,
  survivor_shard TEXT NOT NULL,
  alias TEXT NOT NULL,
  alias_shard TEXT NOT NULL,
  merged_at BIGINT NOT NULL,
  merged_by TEXT NOT NULL,
  merged_name TEXT NOT NULL,
  journal TEXT NOT NULL,
  undone_at BIGINT,
  undone_by TEXT,
  undone_name TEXT,
  reason TEXT
);
CREATE INDEX identity_merge_survivor ON identity_merge (survivor, merged_at);
CREATE INDEX identity_merge_alias ON identity_merge (alias, merged_at);
