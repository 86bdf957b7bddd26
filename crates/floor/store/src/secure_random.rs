//! Randomness that protects something: keys, nonces, salts, tokens. From the operating system only;
//! the seeded generator of the demo cannot reach it (engineering.md 4).

use crate::{StoreError, StoreResult};

/// Random bytes.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that takes the system's randomness"
)]
pub fn bytes<const N: usize>() -> StoreResult<[u8; N]> {
    let mut out = [0_u8; N];
    getrandom::fill(&mut out)
        .map_err(|error| StoreError::Other(format!("no system randomness: {error}")))?;
    Ok(out)
}

/// A token of 32 random bytes in hexadecimal.
pub fn token() -> StoreResult<String> {
    Ok(crate::secret::hex(&bytes::<32>()?))
}
