-- Owner: cases. Applications for programmes: where each stands, what happened to it, who said what, bulk decisions.
-- Days are INTEGER yyyymmdd, moments BIGINT microseconds, amounts BIGINT fen. Free text stands apart in cases_words, so
-- that it can be erased; what stands in cases_event is never changed.

-- 办理流程 as loaded; never changed.
CREATE TABLE cases_procedures (
  no BIGINT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  text TEXT NOT NULL,
  loaded_by TEXT NOT NULL,
  loaded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_procedures_digest ON cases_procedures (digest);

CREATE TABLE cases_case (
  code TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  programme TEXT NOT NULL,
  -- the procedures it runs by
  procedures BIGINT NOT NULL,
  -- the body with county powers that decides and pays
  office TEXT NOT NULL,
  -- where it is accepted and checked
  handled TEXT NOT NULL,
  -- self, family, village, window, free
  applicant TEXT NOT NULL,
  filed_by TEXT NOT NULL,
  -- the officer who follows it since the last act of an office
  holder TEXT,
  checked_by TEXT,
  decided_by TEXT,
  state TEXT NOT NULL,
  stage BIGINT NOT NULL,
  passed TEXT NOT NULL,
  due INTEGER,
  days_left BIGINT,
  until_day INTEGER,
  objections BIGINT NOT NULL,
  submitted INTEGER,
  decided INTEGER,
  -- from when it is granted, and what
  from_day INTEGER,
  fen BIGINT,
  grant_no BIGINT,
  -- clause, conditions and list as they were at the decision, as JSON
  reasons TEXT,
  -- what the applicant filled in, as JSON
  answers TEXT NOT NULL,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX cases_case_person ON cases_case (shard, id);
CREATE INDEX cases_case_work ON cases_case (state, due);
CREATE INDEX cases_case_office ON cases_case (office, state, programme);
-- One application for one programme at a time.
CREATE UNIQUE INDEX cases_case_once ON cases_case (id, programme)
  WHERE state IN ('draft', 'submitted', 'supplement', 'checking', 'publicity', 'deciding', 'appealing');

-- What happened, in order; only ever added to.
CREATE TABLE cases_event (
  code TEXT NOT NULL,
  seq BIGINT NOT NULL,
  act TEXT NOT NULL,
  step TEXT,
  clause TEXT,
  actor TEXT NOT NULL,
  role TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (code, seq)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE cases_words (
  code TEXT NOT NULL,
  seq BIGINT NOT NULL,
  says TEXT,
  PRIMARY KEY (code, seq)
) /*sqlite WITHOUT ROWID*/;

-- 近亲属备案: an officer and somebody whose money they do not decide about.
CREATE TABLE cases_tie (
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  relation TEXT NOT NULL,
  declared_at BIGINT NOT NULL,
  PRIMARY KEY (account, id)
) /*sqlite WITHOUT ROWID*/;

-- 好差评: one for each procedure that ended.
CREATE TABLE cases_rating (
  code TEXT NOT NULL PRIMARY KEY,
  office TEXT NOT NULL,
  programme TEXT NOT NULL,
  score BIGINT NOT NULL,
  rated_by TEXT NOT NULL,
  rated_at BIGINT NOT NULL,
  says TEXT
);
CREATE INDEX cases_rating_office ON cases_rating (office, programme);

-- Decisions about many at once: cases that were checked, or findings of a programme nobody need apply for.
CREATE TABLE cases_bulk (
  bulk TEXT NOT NULL PRIMARY KEY,
  -- approve, refuse, free
  act TEXT NOT NULL,
  programme TEXT NOT NULL,
  office TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- granted since they were entitled, not from the decision on
  since BOOLEAN NOT NULL,
  -- proposed, running, done, withdrawn
  state TEXT NOT NULL,
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  made_by TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  approved_by TEXT,
  approved_at BIGINT
);
CREATE INDEX cases_bulk_office ON cases_bulk (office, made_at);

-- What it is about: a case, or a finding; `result` is empty until it was its turn.
CREATE TABLE cases_bulk_item (
  bulk TEXT NOT NULL,
  item TEXT NOT NULL,
  result TEXT NOT NULL,
  PRIMARY KEY (bulk, item)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX cases_bulk_item_open ON cases_bulk_item (bulk, result, item);
