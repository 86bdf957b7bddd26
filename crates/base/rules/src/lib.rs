//! The rules language: a service list compiled into named conditions and answered for a person on a day.
