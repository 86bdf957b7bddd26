-- Owner: org. What a family asked about a row of the log, and what the auditor answered. Both texts are sealed.
CREATE TABLE org_question (
  id TEXT NOT NULL PRIMARY KEY,
  log_row TEXT NOT NULL,
  shard TEXT NOT NULL,
  person TEXT NOT NULL,
  kind TEXT NOT NULL,
  said TEXT,
  asked_by TEXT NOT NULL REFERENCES org_account (id),
  asked_at BIGINT NOT NULL,
  answer TEXT,
  answered_by TEXT REFERENCES org_account (id),
  answered_at BIGINT,
  UNIQUE (log_row, person, asked_by),
  CHECK ((answer IS NULL) = (answered_at IS NULL))
);
CREATE INDEX org_question_person ON org_question (person, asked_at);
CREATE INDEX org_question_open ON org_question (answered_at, asked_at);
