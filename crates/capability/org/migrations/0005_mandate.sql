-- Owner: org. Under which order an auditor or inspector looks (文号), and who granted it.
ALTER TABLE org_grant ADD COLUMN mandate TEXT;
ALTER TABLE org_grant ADD COLUMN granted_by TEXT;
