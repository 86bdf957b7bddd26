-- Owner: cases. Lists stand in the order of what is due first.
CREATE INDEX cases_case_due ON cases_case (coalesce(due, 99991231), code);
