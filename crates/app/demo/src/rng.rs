//! The generator's own randomness: splitmix64, and quotas that keep rates exact in a small city too.
//!
//! Only integer arithmetic and IEEE additions and multiplications: the same on every platform.

/// A stream of numbers from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = Self(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95));
        rng.next();
        rng
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// 0 to `n - 1`; 0 where `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.next()) * n as u128;
        (wide >> 64) as usize
    }

    /// `from` to `to`, both included.
    pub(crate) fn range(&mut self, from: i32, to: i32) -> i32 {
        from + self.below((to - from + 1).max(0) as usize) as i32
    }

    /// 0 up to, not including, 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Around `middle`, at most `reach` away, near ones more often.
    pub(crate) fn near(&mut self, middle: i32, reach: i32) -> i32 {
        let a = self.range(-reach, reach);
        let b = self.range(-reach, reach);
        middle + i32::midpoint(a, b)
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T], otherwise: T) -> T {
        let at = self.below(from.len());
        from.get(at).copied().unwrap_or(otherwise)
    }
}

/// Gives out a rate exactly: of n eligible people about n × rate get it, and the first of them early,
/// so that a city of 2,000 has one of each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota(f64);

impl Quota {
    pub(crate) const fn new() -> Self {
        Self(2.0)
    }

    /// One that the second eligible person gets at the latest, for tags few people are eligible for.
    pub(crate) const fn early() -> Self {
        Self(0.96)
    }

    pub(crate) fn draw(&mut self, rng: &mut Rng, p: f64) -> bool {
        if p <= 0.0 {
            return false;
        }
        if self.0 >= 2.0 {
            self.0 = 1.0 - p * f64::from(rng.range(1, 5));
        }
        self.0 += p * (0.5 + rng.unit());
        if self.0 >= 1.0 {
            self.0 -= 1.0;
            return true;
        }
        false
    }
}
