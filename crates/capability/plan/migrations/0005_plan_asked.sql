-- Owner: plan. A draft of a county's list is published when somebody asked for it (提请发布): who, and when. The next
-- change is another draft that nobody asked for yet.
ALTER TABLE plan_version ADD COLUMN asked_at BIGINT;
ALTER TABLE plan_version ADD COLUMN asked_by TEXT;
