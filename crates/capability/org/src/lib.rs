//! Accounts, sign-in, sessions, roles and their scope.
