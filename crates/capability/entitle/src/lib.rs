//! Who is owed what, and why.
