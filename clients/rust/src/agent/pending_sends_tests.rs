//! Goal: every message is on disk once, whatever streams and answers do. Method: answers of a bus that is not there.

use std::time::Duration;

use agentbus_proto::v1::ErrorStatus;

use super::*;

fn sends() -> PendingSends {
    PendingSends::new(Backoff::with_random(fastrand::Rng::with_seed(1)))
}

fn push(sends: &mut PendingSends, message_id: &str, bytes: usize) -> Answer {
    let bytes = vec![b'x'; bytes].into();
    sends.push(message_id.to_owned(), bytes).unwrap()
}

fn accepted(message_id: &str) -> SendResult {
    SendResult {
        message_id: message_id.to_owned(),
        outcome: Some(Outcome::Accepted(SendAccepted::default())),
    }
}

fn refused(message_id: &str, code: Code) -> SendResult {
    let status = ErrorStatus {
        code: code.into(),
        ..ErrorStatus::default()
    };
    SendResult {
        message_id: message_id.to_owned(),
        outcome: Some(Outcome::Error(status)),
    }
}

/// How many messages each frame has, until there is nothing to say.
fn frames(sends: &mut PendingSends) -> Vec<usize> {
    std::iter::from_fn(|| sends.next_frame())
        .map(|frame| frame.messages.len())
        .collect()
}

#[tokio::test]
async fn what_waits_travels_together_within_the_bounds_of_a_frame() {
    let mut sends = sends();
    for number in 0..150 {
        drop(push(&mut sends, &number.to_string(), 10));
    }
    assert_eq!(frames(&mut sends), [64, 64, 22]);
    for (number, bytes) in [600_000, 600_000, 3_000_000, 10].into_iter().enumerate() {
        drop(push(&mut sends, &format!("large-{number}"), bytes));
    }
    assert_eq!(frames(&mut sends), [1, 1, 1, 1]);
    assert!(!sends.has_frames());
}

#[tokio::test]
async fn a_new_stream_says_again_what_is_unanswered_in_order_and_byte_for_byte() {
    let mut sends = sends();
    let bytes = ["a", "b", "c"].map(Bytes::from);
    let mut answers = bytes.clone().map(|bytes| {
        let message_id = format!("m-{bytes:?}");
        sends.push(message_id, bytes).unwrap()
    });
    assert_eq!(sends.next_frame().unwrap().messages, bytes);
    sends.settle(vec![accepted("m-b\"b\"")], Instant::now());
    assert!(answers[1].try_recv().unwrap().is_ok());

    sends.online();

    assert_eq!(
        sends.next_frame().unwrap().messages,
        [bytes[0].clone(), bytes[2].clone()]
    );
}

#[tokio::test]
async fn an_answer_that_comes_twice_or_to_nothing_changes_nothing() {
    let mut sends = sends();
    let mut answer = push(&mut sends, "m-1", 7);
    let refusals = [refused("m-0", Code::NotFound), refused("m-1", Code::NotFound)];
    sends.settle([refusals.as_slice(), &[accepted("m-1")]].concat(), Instant::now());
    assert_eq!(answer.try_recv().unwrap().unwrap_err().code(), Code::NotFound);
    assert_eq!((sends.is_empty(), sends.total_bytes), (true, 0));
}

#[tokio::test]
async fn a_duplicate_was_on_disk_already() {
    let mut sends = sends();
    let mut answer = push(&mut sends, "m-1", 1);
    let duplicate = SendDuplicate {
        recipients: vec!["rust://worker".to_owned()],
        ..SendDuplicate::default()
    };
    let result = SendResult {
        message_id: "m-1".to_owned(),
        outcome: Some(Outcome::Duplicate(duplicate)),
    };
    sends.settle(vec![result], Instant::now());
    let sent = answer.try_recv().unwrap().unwrap();
    assert!(sent.duplicate);
    assert_eq!(sent.recipients, ["rust://worker"]);
    assert!(sends.is_empty());
}

#[tokio::test]
async fn what_the_bus_could_not_take_just_then_goes_again_after_a_while() {
    let mut sends = sends();
    let mut answer = push(&mut sends, "m-1", 1);
    frames(&mut sends);
    let now = Instant::now();
    sends.settle(vec![refused("m-1", Code::Unavailable)], now);
    assert!(!sends.has_frames());
    assert!(sends.resend_at().unwrap() <= now + Duration::from_millis(200));

    sends.resend();

    assert_eq!(frames(&mut sends), [1]);
    assert_eq!(sends.resend_at(), None);
    sends.settle(vec![accepted("m-1")], now);
    assert!(answer.try_recv().unwrap().is_ok());
}

#[tokio::test]
async fn what_the_bus_refuses_fails() {
    let mut sends = sends();
    let mut answer = push(&mut sends, "m-1", 1);
    sends.settle(vec![refused("m-1", Code::NotFound)], Instant::now());
    let error = answer.try_recv().unwrap().unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert!(sends.is_empty());
}

#[tokio::test]
async fn more_than_may_wait_is_refused_at_once() {
    let mut sends = sends();
    for number in 0..MAX_UNANSWERED_SENDS {
        drop(push(&mut sends, &number.to_string(), 0));
    }
    let error = sends.push("one-more".to_owned(), Bytes::new()).unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted);

    let mut sends = self::sends();
    drop(push(&mut sends, "large", MAX_UNANSWERED_BYTES));
    let error = sends.push("one-more".to_owned(), Bytes::from("x")).unwrap_err();
    assert_eq!(error.code(), Code::ResourceExhausted);
    sends.settle(vec![accepted("large")], Instant::now());
    assert!(sends.push("one-more".to_owned(), Bytes::from("x")).is_ok());
}

#[tokio::test]
async fn one_name_is_sent_once_at_a_time() {
    let mut sends = sends();
    drop(push(&mut sends, "m-1", 1));
    let error = sends.push("m-1".to_owned(), Bytes::new()).unwrap_err();
    assert_eq!(error.code(), Code::AlreadyExists);
}

#[tokio::test]
async fn nobody_waits_for_an_agent_that_has_left() {
    let mut sends = sends();
    let mut answer = push(&mut sends, "m-1", 1);
    sends.fail(&Error::new(Code::Cancelled, "gone"));
    assert_eq!(answer.try_recv().unwrap().unwrap_err().code(), Code::Cancelled);
    let error = sends.push("m-2".to_owned(), Bytes::new()).unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
    assert!(!sends.has_frames());
}
