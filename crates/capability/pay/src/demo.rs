//! The demo's money: placeholder until the real thing stands below.
