-- Owner: entitle. 政策测算 of one change without a version of the list: the change as JSON; NULL where a version is tried.
-- The result is JSON of counts by year, item and area then.
ALTER TABLE entitle_trial ADD COLUMN change TEXT;
