-- Owner: plan. A county's own version of the city's list (rows C01, C02): the county's code or the key of a
-- management area, as the folder names it; NULL for a city's plan.
ALTER TABLE plan_version ADD COLUMN county TEXT;
