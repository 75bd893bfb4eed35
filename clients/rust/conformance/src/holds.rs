use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

/// Names that handlers wait for until they are released.
#[derive(Default)]
pub(crate) struct Holds(Mutex<HashMap<String, Arc<Semaphore>>>);

impl Holds {
    /// Returns when the name is released, now or earlier.
    pub(crate) async fn released(&self, name: &str) {
        // It never has a permit: it is closed when the name is released.
        let _ = self.gate(name).acquire().await;
    }

    pub(crate) fn release(&self, name: &str) {
        self.gate(name).close();
    }

    fn gate(&self, name: &str) -> Arc<Semaphore> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(0)));
        Arc::clone(gate)
    }
}
