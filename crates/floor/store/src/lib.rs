//! The database floor: pools, write gate, secrets, audit, outbox, migrations.
