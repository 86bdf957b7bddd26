-- Owner: entitle. Current answers and receipts without what stands elsewhere (ADR 0011): lists come from columns
-- in memory (ADR 0010), so no index over areas; the list's digest stands once; the night walks all answers.
CREATE TABLE entitle_list (
  no BIGINT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL
);
CREATE UNIQUE INDEX entitle_list_digest ON entitle_list (digest);
INSERT INTO entitle_list (no, digest)
  SELECT row_number() OVER (ORDER BY digest), digest FROM (SELECT DISTINCT digest FROM entitle_answer) AS told;

CREATE TABLE entitle_answer_new (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  birth_date INTEGER,
  household TEXT,
  list BIGINT NOT NULL,
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
) /*sqlite WITHOUT ROWID*/;
INSERT INTO entitle_answer_new (shard, id, hukou_area, residence_area, birth_date, household, list, as_of, yes, unknown, ask,
    receiving, owed, undue, missing_low, missing_high, amounts, next_change, answered_at)
  SELECT a.shard, a.id, a.hukou_area, a.residence_area, a.birth_date, a.household, l.no, a.as_of, a.yes, a.unknown, a.ask,
    a.receiving, a.owed, a.undue, a.missing_low, a.missing_high, a.amounts, a.next_change, a.answered_at
  FROM entitle_answer a JOIN entitle_list l ON l.digest = a.digest;
DROP TABLE entitle_answer;
ALTER TABLE entitle_answer_new RENAME TO entitle_answer;

-- Who pays and where it is known from, once.
CREATE TABLE entitle_payer (
  no BIGINT NOT NULL PRIMARY KEY,
  payer TEXT NOT NULL,
  source TEXT NOT NULL
);
CREATE UNIQUE INDEX entitle_payer_words ON entitle_payer (payer, source);
INSERT INTO entitle_payer (no, payer, source)
  SELECT row_number() OVER (ORDER BY payer, source), payer, source FROM (SELECT DISTINCT payer, source FROM entitle_receipt) AS told;

CREATE TABLE entitle_receipt_new (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  programme TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  until_day INTEGER,
  fen BIGINT NOT NULL,
  payer BIGINT NOT NULL,
  PRIMARY KEY (shard, id, programme, from_day, recorded_at)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO entitle_receipt_new (shard, id, programme, from_day, recorded_at, until_day, fen, payer)
  SELECT r.shard, r.id, r.programme, r.from_day, r.recorded_at, r.until_day, r.fen, p.no
  FROM entitle_receipt r JOIN entitle_payer p ON p.payer = r.payer AND p.source = r.source;
DROP TABLE entitle_receipt;
ALTER TABLE entitle_receipt_new RENAME TO entitle_receipt;
