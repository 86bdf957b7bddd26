-- Owner: cases. What was brought as a file: which paper it is, by whom; the bytes lie sealed among the files.
CREATE TABLE cases_file (
  code TEXT NOT NULL,
  no BIGINT NOT NULL,
  -- id of the evidence in the procedures; empty for something else
  evidence TEXT NOT NULL,
  file TEXT NOT NULL,
  size BIGINT NOT NULL,
  added_by TEXT NOT NULL,
  added_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (code, no)
) /*sqlite WITHOUT ROWID*/;
