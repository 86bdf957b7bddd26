-- Programmes that an office was first paid by this system: connected in its areas without a roll, from the first day
-- of the month that was paid, as known since then.
CREATE TABLE entitle_paid_here (
  programme TEXT NOT NULL,
  area TEXT NOT NULL,
  from_day INTEGER NOT NULL,
  recorded_at BIGINT NOT NULL,
  PRIMARY KEY (programme, area)
);
