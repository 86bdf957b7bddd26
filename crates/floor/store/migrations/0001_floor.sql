-- Owner: store. Audit rows hold no name, number, phone or free text (engineering.md 13).
CREATE TABLE audit_row (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  shard TEXT,
  subject TEXT,
  detail TEXT NOT NULL,
  request TEXT
);
CREATE INDEX audit_row_subject ON audit_row (subject, at);
CREATE INDEX audit_row_at ON audit_row (at, id);

CREATE TABLE audit_seal (
  seq BIGINT NOT NULL PRIMARY KEY,
  audit_id TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL
);

CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  topic TEXT NOT NULL,
  payload TEXT NOT NULL
);

CREATE TABLE job (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  dedupe TEXT UNIQUE,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT,
  attempts BIGINT NOT NULL,
  done_units BIGINT NOT NULL,
  total_units BIGINT,
  error TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX job_ready ON job (state, run_at);

CREATE TABLE setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
