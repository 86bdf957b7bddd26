-- Owner: plan. Why a version was published although nobody had tried it on the register (未测算即发布); only the
-- command offers that. Free text stands here and not in the audit row (engineering.md 15).
ALTER TABLE plan_version ADD COLUMN untried TEXT;
