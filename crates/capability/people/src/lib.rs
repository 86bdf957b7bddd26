//! The register: people, households, facts dated twice.
