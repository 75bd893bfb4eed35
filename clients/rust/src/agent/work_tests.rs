//! Goal: one handler for each mail, whatever the bus repeats or takes away. Method: deliveries and answers of a bus that is
//! not there, in every awkward order.

use agentbus_proto::v1::{AckFrame, Envelope, MessageType, Sender, envelope};
use serde_json::json;

use super::*;
use crate::json::to_struct;

const LEASE: Duration = Duration::from_secs(30);

/// A delivery of the task `t-1`, whose mail was accepted at this second.
fn task(delivery_id: &str, accepted_second: i64) -> Delivery {
    message(delivery_id, accepted_second, MessageType::TaskRequest)
}

fn message(delivery_id: &str, accepted_second: i64, message_type: MessageType) -> Delivery {
    let envelope = Envelope {
        message_id: "t-1".to_owned(),
        sender: Some(sender("claude-code://boss")),
        message_type: message_type.into(),
        ..Envelope::default()
    };
    delivery(delivery_id, accepted_second, envelope)
}

/// News of the bus about `t-1`.
fn news(delivery_id: &str, accepted_second: i64, event: &str) -> Delivery {
    let payload = json!({
        "event": event, "task_id": "t-1", "delegator": "claude-code://boss", "code": "CANCELLED", "reason": "not needed",
    });
    let envelope = Envelope {
        message_id: format!("news-{delivery_id}"),
        sender: Some(sender("agentbus://bus")),
        message_type: MessageType::Notification.into(),
        correlation_id: "t-1".to_owned(),
        content: Some(envelope::Content::Payload(to_struct(payload).unwrap())),
        ..Envelope::default()
    };
    delivery(delivery_id, accepted_second, envelope)
}

fn sender(agent_id: &str) -> Sender {
    Sender {
        agent_id: agent_id.to_owned(),
        ..Sender::default()
    }
}

fn delivery(delivery_id: &str, accepted_second: i64, envelope: Envelope) -> Delivery {
    Delivery {
        delivery_id: delivery_id.to_owned(),
        attempt: 1,
        accepted_time: Some(prost_types::Timestamp {
            seconds: accepted_second,
            nanos: 0,
        }),
        message: Some(envelope),
        ..Delivery::default()
    }
}

/// A stage with a clock that stands still.
struct Stage {
    work: Work,
    now: Instant,
}

impl Stage {
    fn new() -> Self {
        let mut work = Work::default();
        work.leased(LEASE);
        let now = Instant::now();
        Self { work, now }
    }

    fn receive(&mut self, delivery: Delivery) -> Option<Start> {
        self.work.receive(vec![delivery], self.now, false).pop()
    }

    fn acknowledged(&mut self, expected: &[&str]) {
        let frame = self.work.next_frame();
        let delivery_ids = expected.iter().map(|&id| id.to_owned()).collect();
        assert_eq!(frame, Some(Frame::Ack(AckFrame { delivery_ids })));
        self.says_nothing();
    }

    fn says_nothing(&mut self) {
        assert_eq!(self.work.next_frame(), None);
    }

    fn confirm(&mut self, delivery_ids: &[&str], stale_delivery_ids: &[&str]) {
        let owned = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect();
        let result = SettleResultFrame {
            delivery_ids: owned(delivery_ids),
            stale_delivery_ids: owned(stale_delivery_ids),
        };
        self.work.confirm(result, self.now);
    }

    /// Asks for more time and returns for which deliveries.
    fn extend(&mut self) -> Vec<String> {
        self.work.extend();
        match self.work.next_frame() {
            Some(Frame::Extend(frame)) => frame.delivery_ids,
            other => panic!("{other:?}"),
        }
    }
}

const DONE: Option<Disposition> = Some(Disposition::Acknowledge);

#[tokio::test]
async fn a_redelivery_while_the_handler_runs_is_settled_by_its_end() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.work.stream_lost();
    assert!(stage.receive(task("d-2", 1)).is_none());
    assert!(!run.cancellation.is_cancelled());

    stage.work.finished(run.id, DONE);

    stage.acknowledged(&["d-2"]);
    assert!(!stage.work.is_quiet());
    stage.confirm(&["d-2"], &[]);
    assert!(stage.work.is_quiet());
}

#[tokio::test]
async fn what_was_handled_while_the_stream_was_lost_is_acknowledged_when_it_comes_again() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.work.stream_lost();
    stage.work.finished(run.id, DONE);
    stage.says_nothing();

    assert!(stage.receive(task("d-2", 1)).is_none());

    stage.acknowledged(&["d-2"]);
}

#[tokio::test]
async fn an_acknowledgement_that_is_on_disk_is_forgotten() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.work.finished(run.id, DONE);
    stage.acknowledged(&["d-1"]);
    stage.confirm(&["d-1"], &[]);
    assert!(stage.receive(task("d-2", 1)).is_some());
}

#[tokio::test]
async fn a_stale_acknowledgement_is_said_again() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.work.finished(run.id, DONE);
    stage.acknowledged(&["d-1"]);
    stage.confirm(&[], &["d-1"]);
    assert!(stage.receive(task("d-2", 1)).is_none());
    stage.acknowledged(&["d-2"]);
}

#[tokio::test]
async fn a_new_attempt_stops_the_one_before_and_starts_another() {
    let mut stage = Stage::new();
    let first = stage.receive(task("d-1", 1)).unwrap();
    let second = stage.receive(task("d-2", 2)).unwrap();
    assert!(first.cancellation.withdrawn().is_some());
    assert!(!second.cancellation.is_cancelled());

    stage.work.finished(first.id, DONE);
    stage.says_nothing();
    stage.work.finished(second.id, DONE);
    stage.acknowledged(&["d-2"]);

    // The acknowledgement of the second is not confirmed, and a third comes all the same.
    assert!(stage.receive(task("d-3", 3)).is_some());
}

#[tokio::test]
async fn a_cancelled_task_is_told_why_and_its_outcome_is_ignored() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    assert!(stage.receive(news("d-2", 1, "task_cancelled")).is_none());
    stage.acknowledged(&["d-2"]);

    let reason = run.cancellation.withdrawn().unwrap();
    assert_eq!(reason.reason(), Some("TASK_CANCELLED"));
    assert_eq!(reason.facts()["cause"], "CANCELLED");
    assert_eq!(reason.message(), "task t-1 was called off: not needed");
    stage.work.finished(run.id, DONE);
    stage.says_nothing();
}

#[tokio::test]
async fn news_of_an_earlier_attempt_leave_the_next_one_alone() {
    let mut stage = Stage::new();
    let next = stage.receive(task("d-1", 3)).unwrap();
    stage.receive(news("d-2", 2, "task_withdrawn"));
    assert!(!next.cancellation.is_cancelled());
    stage.receive(news("d-3", 4, "task_withdrawn"));
    assert!(next.cancellation.withdrawn().unwrap().reason().is_none());
}

#[tokio::test]
async fn a_task_whose_lease_cannot_have_run_out_was_taken_away() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    assert_eq!(stage.extend(), ["d-1"]);
    stage.confirm(&[], &["d-1"]);
    assert!(run.cancellation.withdrawn().is_some());
}

#[tokio::test]
async fn a_task_whose_lease_may_have_run_out_goes_on() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.extend();
    stage.now += LEASE;
    stage.confirm(&[], &["d-1"]);
    assert!(!run.cancellation.is_cancelled());
    // Asking again would be in vain.
    stage.work.extend();
    stage.says_nothing();
}

#[tokio::test]
async fn what_is_no_task_is_never_taken_away() {
    let mut stage = Stage::new();
    let run = stage.receive(message("d-1", 1, MessageType::Notification)).unwrap();
    stage.extend();
    stage.confirm(&[], &["d-1"]);
    assert!(!run.cancellation.is_cancelled());
}

#[tokio::test]
async fn an_extension_that_is_answered_after_the_end_is_not_taken_for_the_settlement() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.extend();
    stage.work.finished(run.id, DONE);
    stage.acknowledged(&["d-1"]);
    stage.confirm(&["d-1"], &[]);
    assert!(!stage.work.is_quiet());
    stage.confirm(&["d-1"], &[]);
    assert!(stage.work.is_quiet());
}

#[tokio::test]
async fn who_is_leaving_gives_back_what_comes_all_the_same() {
    let mut stage = Stage::new();
    let starts = stage.work.receive(vec![task("d-1", 1)], stage.now, true);
    assert!(starts.is_empty());
    match stage.work.next_frame() {
        Some(Frame::Reject(frame)) => assert_eq!(frame.delivery_ids, ["d-1"]),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_error_in_the_place_of_a_confirmation_is_not_waited_for() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.extend();
    stage.work.finished(run.id, DONE);
    stage.acknowledged(&["d-1"]);
    stage.work.refused();
    assert!(!stage.work.is_quiet());
    stage.work.refused();
    assert!(stage.work.is_quiet());
    // It is not known to be on disk.
    assert!(stage.receive(task("d-2", 1)).is_none());
    stage.acknowledged(&["d-2"]);
}

#[tokio::test]
async fn a_delivery_that_comes_twice_is_confirmed_once() {
    let mut stage = Stage::new();
    let deliveries = vec![task("d-1", 1), task("d-1", 1)];
    let run = stage.work.receive(deliveries, stage.now, false).pop().unwrap();
    stage.work.finished(run.id, DONE);
    assert!(stage.receive(task("d-1", 1)).is_none());
    stage.acknowledged(&["d-1", "d-1"]);
    stage.confirm(&["d-1", "d-1"], &[]);
    assert!(stage.work.is_quiet());
}

#[tokio::test]
async fn other_mail_under_the_same_name_is_handled_although_the_one_before_is_not_confirmed() {
    let mut stage = Stage::new();
    let run = stage.receive(message("d-1", 2, MessageType::Notification)).unwrap();
    stage.work.finished(run.id, DONE);
    stage.acknowledged(&["d-1"]);
    assert!(stage.receive(message("d-2", 3, MessageType::Notification)).is_some());
}

#[tokio::test]
async fn what_a_handler_says_that_ends_with_its_stream_is_said_when_its_message_comes_again() {
    let mut stage = Stage::new();
    let run = stage.receive(task("d-1", 1)).unwrap();
    stage.work.finished(run.id, DONE);
    stage.work.stream_lost();
    stage.says_nothing();
    assert!(stage.work.is_quiet());
    assert!(stage.receive(task("d-2", 1)).is_none());
    stage.acknowledged(&["d-2"]);
}
