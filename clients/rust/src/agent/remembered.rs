use std::collections::{HashSet, VecDeque};

use super::run::MessageKey;
use crate::limits::MAX_REMEMBERED_MESSAGES;

/// Messages that were handled and whose acknowledgement may not be on disk yet. The oldest is forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    keys: HashSet<MessageKey>,
    /// In the order in which they were handled; those that were forgotten since are skipped.
    order: VecDeque<MessageKey>,
}

impl Remembered {
    pub(crate) fn insert(&mut self, key: MessageKey) {
        if !self.keys.insert(key.clone()) {
            return;
        }
        self.order.push_back(key);
        // What was forgotten leaves its place in the order, which must not grow with every message of a long life.
        if self.order.len() >= 2 * MAX_REMEMBERED_MESSAGES {
            self.order.retain(|key| self.keys.contains(key));
        }
        while self.keys.len() > MAX_REMEMBERED_MESSAGES {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.keys.remove(&oldest);
        }
    }

    pub(crate) fn contains(&self, key: &MessageKey) -> bool {
        self.keys.contains(key)
    }

    pub(crate) fn forget(&mut self, key: &MessageKey) {
        self.keys.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> MessageKey {
        MessageKey::new("rust://worker", &number.to_string())
    }

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut remembered = Remembered::default();
        for number in 0..=MAX_REMEMBERED_MESSAGES {
            remembered.insert(key(number));
        }
        assert!(!remembered.contains(&key(0)));
        assert!(remembered.contains(&key(1)));
        assert!(remembered.contains(&key(MAX_REMEMBERED_MESSAGES)));
    }

    #[test]
    fn what_is_confirmed_takes_no_room() {
        let mut remembered = Remembered::default();
        for number in 0..5 * MAX_REMEMBERED_MESSAGES {
            remembered.insert(key(number));
            remembered.forget(&key(number));
        }
        assert!(remembered.keys.is_empty());
        assert!(remembered.order.len() <= 2 * MAX_REMEMBERED_MESSAGES);
    }
}
