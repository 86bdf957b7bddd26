//! Columnar evaluation of a compiled list over Parquet snapshots.
