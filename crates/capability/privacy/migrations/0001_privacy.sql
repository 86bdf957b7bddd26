-- Owner: privacy. On what the use of personal data rests, and when it ends. Days are INTEGER yyyymmdd.

-- Each purpose (处理目的) with its legal basis, as it was loaded. categories, receivers: JSON lists.
CREATE TABLE privacy_purpose (
  purpose TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  title TEXT NOT NULL,
  basis TEXT NOT NULL CHECK (basis IN ('duty', 'law', 'consent', 'separate')),
  law TEXT NOT NULL,
  article TEXT NOT NULL,
  says TEXT NOT NULL,
  categories TEXT NOT NULL,
  receivers TEXT NOT NULL,
  retention TEXT NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('text', 'confirm')),
  sensitive BOOLEAN NOT NULL,
  -- SM3 of all that stands above: a consent names the words it was given to
  digest TEXT NOT NULL,
  in_use BOOLEAN NOT NULL,
  loaded_at BIGINT NOT NULL,
  loaded_by TEXT NOT NULL,
  confirmed_name TEXT,
  confirmed_at BIGINT
);

-- How long which kind of record is kept after its event.
CREATE TABLE privacy_rule (
  rule TEXT NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  auto BOOLEAN NOT NULL,
  months BIGINT NOT NULL,
  days BIGINT NOT NULL,
  law TEXT NOT NULL,
  article TEXT NOT NULL,
  says TEXT NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('text', 'confirm')),
  in_use BOOLEAN NOT NULL,
  loaded_at BIGINT NOT NULL,
  loaded_by TEXT NOT NULL,
  confirmed_name TEXT,
  confirmed_at BIGINT
);

-- Given and withdrawn consents; a row never changes but for being blanked when the person is erased.
CREATE TABLE privacy_consent (
  id TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  purpose TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('given', 'withdrawn')),
  -- self, guardian, proxy
  by_kind TEXT NOT NULL CHECK (by_kind IN ('self', 'guardian', 'proxy')),
  by_name TEXT,
  -- paper, counter, phone, online
  channel TEXT NOT NULL CHECK (channel IN ('paper', 'counter', 'phone', 'online')),
  file TEXT,
  from_day INTEGER NOT NULL,
  until_day INTEGER,
  note TEXT,
  digest TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_name TEXT NOT NULL,
  CHECK (until_day IS NULL OR from_day < until_day)
);
CREATE INDEX privacy_consent_person ON privacy_consent (person, purpose, recorded_at);

-- 个人要求删除. said and answer are sealed. grounds: codes of duties to keep that were found, JSON.
CREATE TABLE privacy_request (
  request TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'refused', 'granted', 'erased', 'withdrawn')),
  said TEXT,
  asked_at BIGINT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_role TEXT NOT NULL,
  answer TEXT,
  grounds TEXT,
  decided_at BIGINT,
  decided_by TEXT,
  handler TEXT
);
CREATE INDEX privacy_request_state ON privacy_request (state, asked_at);
CREATE UNIQUE INDEX privacy_request_once ON privacy_request (shard, id) WHERE state IN ('open', 'granted');

-- 法律保全 (审计、诉讼中): nothing of it is erased. kind: all, area (code), person (id).
CREATE TABLE privacy_hold (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('all', 'area', 'person')),
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  paper TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  ended_at BIGINT,
  ended_name TEXT
);
CREATE INDEX privacy_hold_open ON privacy_hold (ended_at, kind, code);

-- A list of what is due, counted by one and approved by another, and how far its erasing is.
CREATE TABLE privacy_run (
  id TEXT NOT NULL PRIMARY KEY,
  -- always 1: one list at a time waits or is worked on
  lane BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'approved', 'done', 'cancelled')),
  day INTEGER NOT NULL,
  made_at BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  made_name TEXT NOT NULL,
  approved_at BIGINT,
  approved_by TEXT,
  approved_name TEXT,
  -- what comes before the transactions was done for all
  prepared BOOLEAN NOT NULL,
  finished_at BIGINT,
  CHECK (approved_by IS NULL OR approved_by <> made_by)
);
CREATE INDEX privacy_run_made ON privacy_run (made_at);
CREATE UNIQUE INDEX privacy_run_one ON privacy_run (lane) WHERE state IN ('ready', 'approved');

-- What stands on it: keys, no names.
CREATE TABLE privacy_item (
  run TEXT NOT NULL,
  seq BIGINT NOT NULL,
  rule TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  shard TEXT,
  person TEXT,
  area TEXT,
  day INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('todo', 'erased', 'skipped', 'held', 'waiting')),
  why TEXT,
  PRIMARY KEY (run, seq)
);
CREATE INDEX privacy_item_state ON privacy_item (run, state, seq);
