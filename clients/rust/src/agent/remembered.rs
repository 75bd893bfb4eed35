use std::collections::{HashMap, VecDeque};
use std::time::SystemTime;

use super::run::MessageKey;
use crate::limits::MAX_REMEMBERED_MESSAGES;

/// When the bus had a message on disk: what tells the mail of two attempts of a task apart.
pub(crate) type AcceptedAt = Option<SystemTime>;

/// Messages that were handled and whose acknowledgement may not be on disk yet. The oldest is forgotten first.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    entries: HashMap<MessageKey, Entry>,
    /// In the order in which they were handled; those that were forgotten since are skipped.
    order: VecDeque<(u64, MessageKey)>,
    last_number: u64,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    number: u64,
    accepted_at: AcceptedAt,
}

impl Remembered {
    pub(crate) fn insert(&mut self, key: MessageKey, accepted_at: AcceptedAt) {
        self.last_number += 1;
        let number = self.last_number;
        self.entries.insert(key.clone(), Entry { number, accepted_at });
        self.order.push_back((number, key));
        // What was forgotten leaves its place in the order, which must not grow with every message of a long life.
        if self.order.len() >= 2 * MAX_REMEMBERED_MESSAGES {
            let entries = &self.entries;
            self.order.retain(|(number, key)| is_in(entries, *number, key));
        }
        while self.entries.len() > MAX_REMEMBERED_MESSAGES {
            let Some((number, oldest)) = self.order.pop_front() else {
                break;
            };
            if is_in(&self.entries, number, &oldest) {
                self.entries.remove(&oldest);
            }
        }
    }

    /// When the mail was accepted that was handled last under this key.
    pub(crate) fn get(&self, key: &MessageKey) -> Option<AcceptedAt> {
        self.entries.get(key).map(|entry| entry.accepted_at)
    }

    /// The acknowledgement of this mail is on disk; one of a later attempt is not meant.
    pub(crate) fn forget(&mut self, key: &MessageKey, accepted_at: AcceptedAt) {
        if self.get(key) == Some(accepted_at) {
            self.entries.remove(key);
        }
    }
}

fn is_in(entries: &HashMap<MessageKey, Entry>, number: u64, key: &MessageKey) -> bool {
    entries.get(key).is_some_and(|entry| entry.number == number)
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
        assert!(remembered.entries.is_empty());
        assert!(remembered.order.len() <= 2 * MAX_REMEMBERED_MESSAGES);
    }
}
