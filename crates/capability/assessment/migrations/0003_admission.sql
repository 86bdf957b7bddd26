-- Owner: assessment. 公办机构入住评估: who asked to enter a public home, and what the assessment says of class, level and
-- care grade. 'admitted' is reached from 'assessed' only. Days and moments as in 0001.
CREATE TABLE assessment_admission (
  admission TEXT NOT NULL PRIMARY KEY,
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  hukou_area TEXT,
  residence_area TEXT,
  origin TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'assessed', 'withdrawn', 'admitted')),
  version BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_role TEXT NOT NULL,
  -- The assessment it waits for, then the one whose result counts.
  assessment TEXT REFERENCES assessment_request (request),
  -- As it was when it was assessed; the order asks the facts of the day.
  class TEXT,
  level BIGINT,
  assessed_at BIGINT,
  withdrawn_at BIGINT,
  withdrawn_by TEXT,
  CHECK (state NOT IN ('assessed', 'admitted') OR (assessment IS NOT NULL AND level IS NOT NULL))
);
CREATE INDEX assessment_admission_state ON assessment_admission (state, asked_at);
CREATE INDEX assessment_admission_person ON assessment_admission (shard, id, asked_at);
-- One open admission of one person.
CREATE UNIQUE INDEX assessment_admission_once ON assessment_admission (shard, id)
  WHERE state IN ('asked', 'assessed');

-- What was wished and why it was taken back; stands apart so that it can be erased.
CREATE TABLE assessment_admission_words (
  admission TEXT NOT NULL PRIMARY KEY REFERENCES assessment_admission (admission),
  wish TEXT,
  reason TEXT
);
