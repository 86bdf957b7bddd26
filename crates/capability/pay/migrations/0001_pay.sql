-- Owner: pay. Grants, dues, attempts, the double-entry book, monthly runs, bank files, recoveries. Months are INTEGER
-- yyyymm, days INTEGER yyyymmdd, moments BIGINT microseconds, amounts BIGINT fen. The office is the body with county
-- powers that decides and pays (its key); `area` is the person's area on the programme's basis.

-- 发放规则 as loaded; never changed.
CREATE TABLE pay_terms (
  no BIGINT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  text TEXT NOT NULL,
  loaded_by TEXT NOT NULL,
  loaded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX pay_terms_digest ON pay_terms (digest);

-- What was granted to whom from when, why and by whom. A grant decided is never changed; what happens to it later
-- stands in pay_event.
CREATE TABLE pay_grant (
  shard TEXT NOT NULL,
  programme TEXT NOT NULL,
  id TEXT NOT NULL,
  no BIGINT NOT NULL,
  office TEXT NOT NULL,
  area TEXT,
  hukou_area TEXT,
  residence_area TEXT,
  from_day INTEGER NOT NULL,
  fen BIGINT NOT NULL,
  payee TEXT NOT NULL,
  -- roll (taken over from a roll of what was in payment), finding (应享未享)
  origin TEXT NOT NULL,
  -- proposed, active, refused, ended
  state TEXT NOT NULL,
  -- clause, conditions and facts as they were when it was proposed, as JSON; for a roll its name
  reasons TEXT NOT NULL,
  digest TEXT NOT NULL,
  proposed_by TEXT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  recorded_at BIGINT NOT NULL,
  -- whether its receipt was written after the first payment
  received BOOLEAN NOT NULL,
  PRIMARY KEY (shard, programme, id, no)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX pay_grant_office ON pay_grant (office, programme, state);
CREATE UNIQUE INDEX pay_grant_live ON pay_grant (id, programme) WHERE state IN ('proposed', 'active');

-- 暂停、恢复、停止 of a grant, from a day, known since a moment.
CREATE TABLE pay_event (
  shard TEXT NOT NULL,
  programme TEXT NOT NULL,
  id TEXT NOT NULL,
  no BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  day INTEGER NOT NULL,
  reason TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (shard, programme, id, no, seq)
);

-- The account a person is paid into; the latest number is the one in use.
CREATE TABLE pay_account (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  no BIGINT NOT NULL,
  kind TEXT NOT NULL,
  bank TEXT NOT NULL,
  holder TEXT,
  number TEXT NOT NULL,
  number_index TEXT NOT NULL,
  live BOOLEAN NOT NULL,
  confirmed TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (shard, id, no)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX pay_account_live ON pay_account (shard, id) WHERE live;
CREATE INDEX pay_account_number ON pay_account (number_index);

-- A batch of one office, programme and month. `cursor` says how far a killed step got.
CREATE TABLE pay_run (
  run TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  programme TEXT NOT NULL,
  month INTEGER NOT NULL,
  no BIGINT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  terms BIGINT NOT NULL,
  list TEXT NOT NULL,
  -- facts are taken as known then
  known_at BIGINT NOT NULL,
  batch TEXT NOT NULL,
  cursor TEXT,
  drawn BIGINT NOT NULL,
  version BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  filed_on INTEGER,
  -- SM3 over the rows as drawn, for the auditor's replay
  digest TEXT
);
CREATE UNIQUE INDEX pay_run_once ON pay_run (office, programme, month, no);
CREATE INDEX pay_run_month ON pay_run (month, office);

-- Who did which step, and when.
CREATE TABLE pay_step (
  run TEXT NOT NULL,
  no BIGINT NOT NULL,
  step TEXT NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  role TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL,
  PRIMARY KEY (run, no)
);

-- What is due: line 1 of a month exists once; corrections are further lines, below nothing where too much was due.
CREATE TABLE pay_due (
  shard TEXT NOT NULL,
  programme TEXT NOT NULL,
  month INTEGER NOT NULL,
  id TEXT NOT NULL,
  line BIGINT NOT NULL,
  run TEXT NOT NULL,
  office TEXT NOT NULL,
  area TEXT,
  -- month, arrear, over
  kind TEXT NOT NULL,
  fen BIGINT NOT NULL,
  offset_fen BIGINT NOT NULL,
  CHECK (offset_fen >= 0),
  PRIMARY KEY (shard, programme, month, id, line)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX pay_due_run ON pay_due (run);

-- What is paid for a line: at most one attempt is under way or paid.
CREATE TABLE pay_attempt (
  shard TEXT NOT NULL,
  programme TEXT NOT NULL,
  month INTEGER NOT NULL,
  id TEXT NOT NULL,
  line BIGINT NOT NULL,
  no BIGINT NOT NULL,
  run TEXT NOT NULL,
  seq BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  -- drawn, held, open, paid, failed, void
  state TEXT NOT NULL,
  account BIGINT,
  outcome TEXT,
  code TEXT,
  answer BIGINT,
  settled_at BIGINT,
  CHECK (fen > 0),
  PRIMARY KEY (shard, programme, month, id, line, no)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX pay_attempt_once ON pay_attempt (shard, programme, month, id, line) WHERE state IN ('drawn', 'open', 'paid');
CREATE INDEX pay_attempt_waiting ON pay_attempt (programme, shard, id) WHERE state IN ('held', 'failed');
CREATE UNIQUE INDEX pay_attempt_seq ON pay_attempt (run, seq);

-- What differs from last month, each with its reason: the parts of the bridge.
CREATE TABLE pay_change (
  run TEXT NOT NULL,
  no BIGINT NOT NULL,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  fen BIGINT NOT NULL,
  month INTEGER NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (run, no)
);
CREATE INDEX pay_change_kind ON pay_change (run, kind);

-- 疑点 of a run; each is settled by somebody with a reason.
CREATE TABLE pay_doubt (
  run TEXT NOT NULL,
  no BIGINT NOT NULL,
  shard TEXT,
  id TEXT,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  -- open, pay (核实照发), hold (本月不发)
  state TEXT NOT NULL,
  reason TEXT,
  settled_by TEXT,
  settled_at BIGINT,
  PRIMARY KEY (run, no)
);

-- The double-entry book.
CREATE TABLE pay_posting (
  posting TEXT NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  run TEXT NOT NULL,
  -- what of the run it is about: empty, or the number of an answer, or a recovery
  part TEXT NOT NULL,
  event TEXT NOT NULL,
  month INTEGER NOT NULL,
  fund TEXT NOT NULL,
  programme TEXT NOT NULL,
  level TEXT NOT NULL,
  office TEXT NOT NULL,
  debit TEXT NOT NULL,
  credit TEXT NOT NULL,
  amount BIGINT NOT NULL,
  reverses TEXT,
  CHECK (amount > 0),
  CHECK (debit <> credit)
);
CREATE UNIQUE INDEX pay_posting_once ON pay_posting (run, part, event, level, month);
CREATE UNIQUE INDEX pay_posting_reversed ON pay_posting (reverses);
CREATE INDEX pay_posting_office ON pay_posting (office, month);

-- Files of a run: made once and kept; body, digest and signature apart.
CREATE TABLE pay_file (
  run TEXT NOT NULL,
  kind TEXT NOT NULL,
  no BIGINT NOT NULL,
  file TEXT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  rows BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (run, kind, no)
);
-- One answer is taken over once.
CREATE UNIQUE INDEX pay_file_answer ON pay_file (run, kind, digest);

-- Who took which file.
CREATE TABLE pay_download (
  run TEXT NOT NULL,
  kind TEXT NOT NULL,
  no BIGINT NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX pay_download_run ON pay_download (run);

-- What an office may spend on a programme in a year.
CREATE TABLE pay_budget (
  office TEXT NOT NULL,
  programme TEXT NOT NULL,
  year BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  document TEXT NOT NULL,
  entered_by TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  PRIMARY KEY (office, programme, year)
);

-- 追缴: what was paid too much to one person, and how it comes back.
CREATE TABLE pay_recovery (
  recovery TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  programme TEXT NOT NULL,
  office TEXT NOT NULL,
  area TEXT,
  hukou_area TEXT,
  residence_area TEXT,
  run TEXT NOT NULL,
  fen BIGINT NOT NULL,
  back_fen BIGINT NOT NULL,
  -- proposed (with its run), open, noticed, closed, written_off
  state TEXT NOT NULL,
  months TEXT NOT NULL,
  why TEXT NOT NULL,
  month_fen BIGINT,
  opened_at BIGINT NOT NULL,
  CHECK (back_fen >= 0),
  CHECK (back_fen <= fen)
);
CREATE INDEX pay_recovery_person ON pay_recovery (shard, id);
CREATE INDEX pay_recovery_office ON pay_recovery (office, state);

-- What was done in a recovery; an offset that a run has drawn counts from its approval.
CREATE TABLE pay_recovery_act (
  recovery TEXT NOT NULL,
  no BIGINT NOT NULL,
  kind TEXT NOT NULL,
  fen BIGINT NOT NULL,
  note TEXT NOT NULL,
  by_account TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (recovery, no)
);
CREATE TABLE pay_offset (
  run TEXT NOT NULL,
  recovery TEXT NOT NULL,
  shard TEXT NOT NULL,
  month INTEGER NOT NULL,
  line BIGINT NOT NULL,
  fen BIGINT NOT NULL,
  PRIMARY KEY (run, recovery, month, line)
);
