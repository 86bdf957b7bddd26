-- Owner: people. Lists from outside name people by 临时编号 where they have no number yet.
CREATE INDEX people_person_provisional ON people_person (provisional) WHERE provisional IS NOT NULL;
