-- Owner: files. What the sealed files in the data directory are, whose, and until when (engineering.md 12).
-- `name` is what a download is called: never a person's name.
CREATE TABLE file (
  id TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  name TEXT NOT NULL,
  owner TEXT NOT NULL,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  keep_until INTEGER NOT NULL
);
CREATE INDEX file_digest ON file (digest);
CREATE INDEX file_until ON file (keep_until);
