-- Owner: pay. Who was asked for a proof of life: once when it comes due and once when it is overdue, for each term that a
-- proof (or the beginning of the grant) opened.
CREATE TABLE pay_asked (
  shard TEXT NOT NULL,
  id TEXT NOT NULL,
  -- the day the term runs from
  base_day INTEGER NOT NULL,
  -- soon, overdue
  stage TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (shard, id, base_day, stage)
) /*sqlite WITHOUT ROWID*/;
