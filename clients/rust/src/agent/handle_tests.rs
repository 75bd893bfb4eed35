//! Goal: what a handler's outcome becomes. Method: a bus that answers what is sent as each test says.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use agentbus_proto::v1::send_result::Outcome;
use agentbus_proto::v1::{Envelope, ErrorStatus, SendAccepted, SendResult, Sender, envelope};
use prost::Message as _;
use serde_json::Value;
use tokio::time::Instant;
use tonic_types::pb::ErrorInfo;

use super::super::cancellation::Cancellation;
use super::super::outbox::{Outbox, has_left};
use super::super::withdrawal::taken_away;
use super::*;
use crate::json::from_struct;
use crate::message::Message;

/// What came of a message, and what was sent meanwhile.
type Ended = (Option<Disposition>, Vec<Value>);

struct Stage {
    context: Context,
    /// Reasons for which the bus refuses what is sent, one after the other.
    refusals: VecDeque<&'static str>,
}

impl Stage {
    fn new(message_type: MessageType) -> Self {
        let envelope = Envelope {
            message_id: "t-1".to_owned(),
            sender: Some(Sender {
                agent_id: "claude-code://boss".to_owned(),
                session_id: "s-1".to_owned(),
                ..Sender::default()
            }),
            message_type: message_type.into(),
            ..Envelope::default()
        };
        let delivery = agentbus_proto::v1::Delivery {
            attempt: 3,
            message: Some(envelope),
            ..agentbus_proto::v1::Delivery::default()
        };
        Self {
            context: Context {
                message: Arc::new(Message::from_delivery(delivery).unwrap()),
                cancellation: Cancellation::default(),
                outbox: Arc::new(Outbox::new("rust://worker".to_owned())),
            },
            refusals: VecDeque::new(),
        }
    }

    async fn handle(mut self, handlers: Handlers) -> Ended {
        let outbox = Arc::clone(&self.context.outbox);
        let handling = handle(self.context.clone(), handlers);
        tokio::pin!(handling);
        let mut sent = Vec::new();
        loop {
            tokio::select! {
                disposition = &mut handling => return (disposition, sent),
                () = outbox.changed() => self.answer(&outbox, &mut sent),
            }
        }
    }

    fn answer(&mut self, outbox: &Outbox, sent: &mut Vec<Value>) {
        let mut sends = outbox.sends();
        while let Some(frame) = sends.next_frame() {
            for bytes in frame.messages {
                let envelope = Envelope::decode(bytes).unwrap();
                assert_eq!(envelope.correlation_id, "t-1");
                assert_eq!(envelope.sender.clone().unwrap().session_id, "s-1");
                let outcome = self.outcome();
                let result = SendResult {
                    message_id: envelope.message_id.clone(),
                    outcome: Some(outcome),
                };
                sent.push(payload_of(envelope));
                sends.settle(vec![result], Instant::now());
            }
        }
    }

    fn outcome(&mut self) -> Outcome {
        match self.refusals.pop_front() {
            None => Outcome::Accepted(SendAccepted::default()),
            Some(reason) => Outcome::Error(ErrorStatus {
                code: Code::ResourceExhausted.into(),
                message: "no".to_owned(),
                info: Some(ErrorInfo {
                    reason: reason.to_owned(),
                    ..ErrorInfo::default()
                }),
            }),
        }
    }
}

fn payload_of(envelope: Envelope) -> Value {
    match envelope.content {
        Some(envelope::Content::Payload(payload)) => from_struct(payload),
        other => panic!("{other:?}"),
    }
}

fn task_handler<F>(run: impl Fn(Task) -> F + Send + Sync + 'static) -> Handlers
where
    F: Future<Output = Result<Content, HandlerError>> + Send + 'static,
{
    Handlers {
        task: Some(Arc::new(Box::new(move |task| Box::pin(run(task))))),
        ..Handlers::default()
    }
}

fn message_handler(error: fn() -> Result<(), HandlerError>) -> Handlers {
    Handlers {
        message: Some(Arc::new(Box::new(move |_| Box::pin(async move { error() })))),
        ..Handlers::default()
    }
}

async fn task(run: fn() -> Result<Content, HandlerError>) -> Ended {
    let handlers = task_handler(move |_| async move { run() });
    Stage::new(MessageType::TaskRequest).handle(handlers).await
}

fn failed(reason: &str, message: &str) -> Value {
    json!({ "status": "failed", "error": { "reason": reason, "message": message } })
}

#[tokio::test]
async fn a_task_is_acknowledged_once_its_response_is_on_disk() {
    let ended = task(|| Ok(json!({ "done": true }).into())).await;
    assert_eq!(ended, (Some(Disposition::Acknowledge), vec![json!({ "done": true })]));
}

#[tokio::test]
async fn an_error_fails_the_task_with_its_text() {
    let ended = task(|| Err("no such file".into())).await;
    assert_eq!(
        ended,
        (Some(Disposition::Acknowledge), vec![failed("failed", "no such file")])
    );
}

#[tokio::test]
async fn an_error_of_the_bus_fails_the_task_with_its_reason_or_its_status() {
    let (_, sent) = task(|| Err(has_left().into())).await;
    assert_eq!(sent, [failed("CANCELLED", "the agent has left the bus")]);
}

#[tokio::test]
async fn a_panic_fails_the_task_and_nothing_else() {
    let (_, sent) = task(|| panic!("index {} out of bounds", 3)).await;
    let text = "the handler panicked: index 3 out of bounds";
    assert_eq!(sent, [failed("failed", text)]);
}

#[tokio::test]
async fn an_error_that_panics_when_it_is_asked_for_its_text_still_ends_the_run() {
    #[derive(Debug)]
    struct Mute;
    impl fmt::Display for Mute {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("no words")
        }
    }
    impl std::error::Error for Mute {}

    let (disposition, _) = task(|| Err(Mute.into())).await;
    let reason = "the handler panicked: no words".to_owned();
    let delay = Duration::from_secs(4);
    assert_eq!(disposition, Some(Disposition::Requeue { delay, reason }));
}

#[tokio::test]
async fn a_result_that_is_no_object_is_followed_by_a_failure_that_says_so() {
    let (disposition, sent) = task(|| Ok(json!([1]).into())).await;
    assert_eq!(disposition, Some(Disposition::Acknowledge));
    assert_eq!(sent[0]["error"]["reason"], "INVALID_ARGUMENT");
}

#[tokio::test]
async fn retry_later_and_reject_count_also_as_the_source_of_another_error() {
    #[derive(Debug)]
    struct Wrapped(HandlerError);
    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("wrapped")
        }
    }
    impl std::error::Error for Wrapped {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(self.0.as_ref())
        }
    }

    let (disposition, sent) = task(|| {
        let later = RetryLater::after(Duration::from_secs(5)).because("busy");
        Err(Wrapped(later.into()).into())
    })
    .await;
    let requeue = Disposition::Requeue {
        delay: Duration::from_secs(5),
        reason: "busy".to_owned(),
    };
    assert_eq!((disposition, sent.len()), (Some(requeue), 0));

    let (disposition, sent) = task(|| Err(Wrapped(Reject::because("not for me").into()).into())).await;
    let reason = "not for me".to_owned();
    assert_eq!((disposition, sent.len()), (Some(Disposition::Drop { reason }), 0));
}

#[tokio::test(start_paused = true)]
async fn a_full_mailbox_is_waited_for() {
    let mut stage = Stage::new(MessageType::TaskRequest);
    stage.refusals = VecDeque::from(["MAILBOX_FULL", "MAILBOX_FULL"]);
    let handlers = task_handler(async |_| Ok(json!({ "done": true }).into()));
    let (disposition, sent) = stage.handle(handlers).await;
    assert_eq!(disposition, Some(Disposition::Acknowledge));
    assert_eq!(sent, vec![json!({ "done": true }); 3]);
}

#[tokio::test]
async fn a_task_that_cannot_be_answered_is_dropped_with_the_reason() {
    let mut stage = Stage::new(MessageType::TaskRequest);
    stage.refusals = VecDeque::from(["LIMIT_REACHED", "LIMIT_REACHED"]);
    let handlers = task_handler(async |_| Ok(json!({}).into()));
    let (disposition, sent) = stage.handle(handlers).await;
    let reason = "the response was refused: no".to_owned();
    assert_eq!(disposition, Some(Disposition::Drop { reason }));
    assert_eq!(sent[1]["error"]["reason"], "LIMIT_REACHED");
}

#[tokio::test]
async fn nothing_is_sent_for_a_task_that_was_taken_away() {
    let stage = Stage::new(MessageType::TaskRequest);
    let cancellation = stage.context.cancellation.clone();
    let handlers = task_handler(move |task| {
        cancellation.withdraw(&taken_away("t-1"));
        async move {
            assert!(task.progress(50, "").await.is_err());
            Ok(json!({}).into())
        }
    });
    let (_, sent) = stage.handle(handlers).await;
    assert!(sent.is_empty());
}

#[tokio::test]
async fn a_task_whose_handler_gave_up_when_the_agent_left_goes_back() {
    let stage = Stage::new(MessageType::TaskRequest);
    let cancellation = stage.context.cancellation.clone();
    let handlers = task_handler(move |task| {
        cancellation.stop(&has_left());
        async move {
            task.run_until_cancelled(std::future::pending::<()>()).await?;
            Ok(Content::Empty)
        }
    });
    let (disposition, sent) = stage.handle(handlers).await;
    assert_eq!(disposition, Some(Disposition::requeue_now("the agent left")));
    assert!(sent.is_empty());
}

#[tokio::test]
async fn other_messages_are_acknowledged_or_come_again() {
    let stage = || Stage::new(MessageType::Notification);
    let (disposition, _) = stage().handle(message_handler(|| Ok(()))).await;
    assert_eq!(disposition, Some(Disposition::Acknowledge));

    let (disposition, _) = stage().handle(message_handler(|| Err("broken".into()))).await;
    let reason = "broken".to_owned();
    let delay = Duration::from_secs(4);
    assert_eq!(disposition, Some(Disposition::Requeue { delay, reason }));
}

#[tokio::test]
async fn what_nothing_handles_is_rejected() {
    for (message_type, name) in [
        (MessageType::TaskRequest, "TASK_REQUEST"),
        (MessageType::StatusUpdate, "STATUS_UPDATE"),
    ] {
        let (disposition, _) = Stage::new(message_type).handle(Handlers::default()).await;
        let reason = format!("the agent has no handler for {name}");
        assert_eq!(disposition, Some(Disposition::Drop { reason }));
    }
}

#[test]
fn the_wait_of_a_failed_message_doubles_up_to_a_minute() {
    let seconds = [1, 2, 3, 4, 5, 6, 7, 40, u32::MAX].map(|attempt| requeue_delay(attempt).as_secs());
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
}
