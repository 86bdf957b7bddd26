-- Owner: entitle. Current answers: one row a person, bit masks over item numbers (bit no-1) and over the fact
-- dictionary (missing_low, missing_high); never a row an item (engineering.md 7).
CREATE TABLE entitle_answer (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  birth_date INTEGER,
  household TEXT,
  digest TEXT NOT NULL,
  as_of INTEGER NOT NULL,
  yes BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  ask BIGINT NOT NULL,
  receiving BIGINT NOT NULL,
  owed BIGINT NOT NULL,
  undue BIGINT NOT NULL,
  missing_low BIGINT NOT NULL,
  missing_high BIGINT NOT NULL,
  amounts TEXT NOT NULL,
  next_change INTEGER,
  answered_at BIGINT NOT NULL,
  PRIMARY KEY (shard, id)
);
CREATE INDEX entitle_answer_hukou ON entitle_answer (hukou_area, birth_date);
CREATE INDEX entitle_answer_residence ON entitle_answer (residence_area, birth_date);
CREATE INDEX entitle_answer_id ON entitle_answer (id);
CREATE INDEX entitle_answer_change ON entitle_answer (next_change);

-- Dated findings: owed and not received (应享未享), received and not owed (不应享仍享).
CREATE TABLE entitle_finding (
  finding TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  programme TEXT NOT NULL,
  item BIGINT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  birth_date INTEGER,
  since INTEGER NOT NULL,
  first_found INTEGER NOT NULL,
  fen BIGINT,
  cause TEXT NOT NULL,
  closed_on INTEGER
);
CREATE INDEX entitle_finding_person ON entitle_finding (shard, id, kind, programme);
CREATE INDEX entitle_finding_open ON entitle_finding (closed_on, kind, item, since);

-- Who receives: filled by rolls of what is in payment (在享花名册).
CREATE TABLE entitle_receipt (
  receipt TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  programme TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  until_day INTEGER,
  fen BIGINT NOT NULL,
  payer TEXT NOT NULL,
  source TEXT NOT NULL,
  recorded_at BIGINT NOT NULL
);
CREATE INDEX entitle_receipt_person ON entitle_receipt (shard, id, programme);

-- Programmes whose roll was ever loaded; all others show 未接入.
CREATE TABLE entitle_roll (
  programme TEXT NOT NULL PRIMARY KEY,
  loaded_at BIGINT NOT NULL,
  source TEXT NOT NULL,
  people BIGINT NOT NULL
);

-- Counts by area (village, town, county, city, each on its basis), item and state; item 0 counts people by
-- missing fact. Kept with every answer.
CREATE TABLE entitle_tally (
  area TEXT NOT NULL,
  item BIGINT NOT NULL,
  state TEXT NOT NULL,
  people BIGINT NOT NULL,
  PRIMARY KEY (area, item, state)
);
