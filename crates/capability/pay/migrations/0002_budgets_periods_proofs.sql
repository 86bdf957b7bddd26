-- Owner: pay. Budgets by level with every change as a row; closed periods; proof of life.

-- What an office may spend on a programme in a year: 年初预算, 追加, 压减, each a row that is never changed. `level` is
-- empty where the document does not say whose purse.
CREATE TABLE pay_appropriation (
  office TEXT NOT NULL,
  programme TEXT NOT NULL,
  year BIGINT NOT NULL,
  no BIGINT NOT NULL,
  level TEXT NOT NULL,
  -- first, more, less
  kind TEXT NOT NULL,
  fen BIGINT NOT NULL,
  document TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  CHECK (fen <> 0),
  PRIMARY KEY (office, programme, year, no)
);
INSERT INTO pay_appropriation (office, programme, year, no, level, kind, fen, document, entered_by, entered_at)
  SELECT office, programme, year, 1, '', 'first', fen, document, entered_by, entered_at FROM pay_budget WHERE fen <> 0;
DROP TABLE pay_budget;

-- A closed month of an office: what was posted since the close before, its sums and their digest.
CREATE TABLE pay_period (
  office TEXT NOT NULL,
  month INTEGER NOT NULL,
  postings BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  digest TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  by_name TEXT NOT NULL,
  closed_at BIGINT NOT NULL,
  PRIMARY KEY (office, month)
);
-- The period a posting was closed with; nothing while it is open.
ALTER TABLE pay_posting ADD COLUMN period INTEGER;
CREATE INDEX pay_posting_period ON pay_posting (office, period);

-- 生存认证: that somebody was seen alive on a day, by whom and how. The latest day counts.
CREATE TABLE pay_proof (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  no BIGINT NOT NULL,
  day INTEGER NOT NULL,
  channel TEXT NOT NULL,
  source TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (shard, id, no)
) /*sqlite WITHOUT ROWID*/;
-- The latest proof of everybody who has one.
CREATE TABLE pay_life (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  day INTEGER NOT NULL,
  channel TEXT NOT NULL,
  PRIMARY KEY (shard, id)
) /*sqlite WITHOUT ROWID*/;
-- Since when proofs come in at all: nobody is overdue before a whole term has passed from there.
CREATE TABLE pay_life_since (
  one INTEGER NOT NULL PRIMARY KEY,
  day INTEGER NOT NULL
);
-- Attempts to reach somebody whose proof is overdue, and the notice.
CREATE TABLE pay_contact (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  no BIGINT NOT NULL,
  -- phone, video, visit, village, notice
  way TEXT NOT NULL,
  day INTEGER NOT NULL,
  note TEXT NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (shard, id, no)
) /*sqlite WITHOUT ROWID*/;
