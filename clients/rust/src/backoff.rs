use std::time::Duration;

use crate::limits::{FIRST_BACKOFF, LAST_BACKOFF};

/// Exponential backoff with full jitter: each wait is drawn evenly between 0 and a bound that doubles, so that
/// clients which lost the same bus do not come back in step.
#[derive(Debug)]
pub(crate) struct Backoff {
    bound: Duration,
    random: fastrand::Rng,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self::with_random(fastrand::Rng::new())
    }

    pub(crate) fn with_random(random: fastrand::Rng) -> Self {
        Self {
            bound: FIRST_BACKOFF,
            random,
        }
    }

    /// How long to wait before the next try.
    pub(crate) fn next_wait(&mut self) -> Duration {
        let wait = self.bound.mul_f64(self.random.f64());
        self.bound = (self.bound * 2).min(LAST_BACKOFF);
        wait
    }

    /// Starts over, after a success.
    pub(crate) fn reset(&mut self) {
        self.bound = FIRST_BACKOFF;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_within_a_bound_that_doubles_up_to_ten_seconds() {
        let mut longest = [Duration::ZERO; 9];
        for seed in 0..500 {
            let mut backoff = Backoff::with_random(fastrand::Rng::with_seed(seed));
            for longest in &mut longest {
                *longest = backoff.next_wait().max(*longest);
            }
        }
        let bounds_ms = [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000];
        for (longest, bound_ms) in longest.into_iter().zip(bounds_ms) {
            let bound = Duration::from_millis(bound_ms);
            assert!(longest <= bound, "{longest:?} is above {bound:?}");
            assert!(longest > bound.mul_f64(0.95), "{longest:?} of {bound:?}");
        }
    }

    #[test]
    fn a_success_starts_over() {
        let mut backoff = Backoff::with_random(fastrand::Rng::with_seed(7));
        for _ in 0..5 {
            backoff.next_wait();
        }
        backoff.reset();
        assert!(backoff.next_wait() <= FIRST_BACKOFF);
    }
}
