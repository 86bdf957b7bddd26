//! Areas: two trees over the same villages.
