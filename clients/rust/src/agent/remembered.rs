use std::collections::{HashMap, VecDeque};
use std::time::SystemTime;

use super::run::MessageKey;
use crate::limits::MAX_REMEMBERED_MESSAGES;

/// When the bus had a message on disk: what tells the mail of two attempts of a task apart.
pub(crate) type AcceptedAt = Option<SystemTime>;

/// Messages that were handled and whose acknowledgement may not be on disk yet. The oldest is forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    accepted: HashMap<MessageKey, AcceptedAt>,
    /// In the order in which they were handled; those that were forgotten since are skipped.
    order: VecDeque<MessageKey>,
}

impl Remembered {
    pub(crate) fn insert(&mut self, key: MessageKey, accepted_at: AcceptedAt) {
        if self.accepted.insert(key.clone(), accepted_at).is_some() {
            return;
        }
        self.order.push_back(key);
        // What was forgotten leaves its place in the order, which must not grow with every message of a long life.
        if self.order.len() >= 2 * MAX_REMEMBERED_MESSAGES {
            self.order.retain(|key| self.accepted.contains_key(key));
        }
        while self.accepted.len() > MAX_REMEMBERED_MESSAGES {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.accepted.remove(&oldest);
        }
    }

    /// When the mail was accepted that was handled last under this key.
    pub(crate) fn get(&self, key: &MessageKey) -> Option<AcceptedAt> {
        self.accepted.get(key).copied()
    }

    /// The acknowledgement of this mail is on disk; one of a later attempt is not meant.
    pub(crate) fn forget(&mut self, key: &MessageKey, accepted_at: AcceptedAt) {
        if self.get(key) == Some(accepted_at) {
            self.accepted.remove(key);
        }
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
            remembered.insert(key(number), None);
        }
        assert!(remembered.get(&key(0)).is_none());
        assert!(remembered.get(&key(1)).is_some());
        assert!(remembered.get(&key(MAX_REMEMBERED_MESSAGES)).is_some());
    }

    #[test]
    fn what_is_confirmed_takes_no_room() {
        let mut remembered = Remembered::default();
        for number in 0..5 * MAX_REMEMBERED_MESSAGES {
            remembered.insert(key(number), None);
            remembered.forget(&key(number), None);
        }
        assert!(remembered.accepted.is_empty());
        assert!(remembered.order.len() <= 2 * MAX_REMEMBERED_MESSAGES);
    }
}
