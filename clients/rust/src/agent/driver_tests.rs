//! Goal: an agent lives and ends as it is told to, whatever happens at that moment. Method: a bus that says what each test
//! tells it to, over real connections; nothing waits for time to pass.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use agentbus_proto::v1::agent_stream_request::Frame as AgentFrame;
use agentbus_proto::v1::agent_stream_response::Frame as BusFrame;
use agentbus_proto::v1::{ErrorReason, MessageType, Receipt, ServerDrain};
use tokio::sync::{Notify, mpsc};
use tonic_types::{ErrorDetails, StatusExt};

use super::*;
use crate::agent::Agent;
use crate::agent::fake_bus::FakeBus;
use crate::handler::HandlerError;
use crate::message::NewMessage;

fn note(message_id: &str) -> NewMessage {
    NewMessage::new(MessageType::Notification, "rust://other").message_id(message_id)
}

fn ok() -> tonic::Status {
    tonic::Status::ok("")
}

#[tokio::test]
async fn listeners_that_panic_take_nobody_with_them() {
    let bus = FakeBus::start().await;
    let agent = bus
        .agent()
        .on_status(|status| panic!("at {}", status.name()))
        .on_receipt(|receipt| panic!("at {}", receipt.message_id))
        .connect()
        .unwrap();
    let mut stream = bus.accept().await;
    agent.ready().await.unwrap();
    stream.say(BusFrame::Receipt(Receipt::default()));
    let (sent, _) = tokio::join!(agent.send(note("m-1")), stream.accept_messages());
    assert_eq!(sent.unwrap().message_id, "m-1");
}

#[tokio::test]
async fn frames_of_a_newer_bus_change_nothing() {
    let bus = FakeBus::start().await;
    let agent = bus.agent().connect().unwrap();
    let mut stream = bus.accept().await;
    stream.say(None);
    let (sent, _) = tokio::join!(agent.send(note("m-1")), stream.accept_messages());
    assert!(sent.is_ok());
}

#[tokio::test]
async fn an_idle_agent_says_that_it_leaves_before_it_does() {
    let bus = FakeBus::start().await;
    let agent = bus.agent().connect().unwrap();
    let mut stream = bus.accept().await;
    agent.ready().await.unwrap();
    let serve = async {
        assert!(matches!(stream.hear().await, Some(AgentFrame::Drain(_))));
        assert_eq!(stream.hear().await, None);
        stream.end(ok());
    };
    let (left, ()) = tokio::join!(agent.drain(), serve);
    left.unwrap();
    let error = agent.send(note("m-1")).await.unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
}

#[tokio::test]
async fn nobody_waits_for_a_welcome_to_leave() {
    let bus = FakeBus::start().await;
    let agent = bus.agent().connect().unwrap();
    let _stream = bus.accept_silently().await;
    agent.drain().await.unwrap();
    assert_eq!(agent.ready().await.unwrap_err().code(), Code::Cancelled);
}

#[tokio::test]
async fn who_is_drained_before_the_welcome_is_still_heard_out() {
    let bus = FakeBus::start().await;
    let agent = bus.agent().on_task(async |_| Ok(())).connect().unwrap();
    let mut stream = bus.accept_silently().await;
    let serve = async {
        stream.say(BusFrame::Welcome(Welcome::default()));
        assert!(matches!(stream.hear().await, Some(AgentFrame::Drain(_))));
        assert_eq!(stream.accept_messages().await[0].message_id, "m-1");
        assert_eq!(stream.hear().await, None);
        stream.end(ok());
    };
    let (sent, left, ()) = tokio::join!(biased; agent.send(note("m-1")), agent.drain(), serve);
    assert!(sent.is_ok());
    left.unwrap();
}

#[tokio::test]
async fn a_message_goes_out_although_nobody_waits_for_its_answer() {
    let bus = FakeBus::start().await;
    let agent = bus.agent().connect().unwrap();
    tokio::select! {
        biased;
        _ = agent.send(note("m-1")) => panic!("there is no bus yet"),
        () = std::future::ready(()) => {}
    }
    let mut stream = bus.accept().await;
    assert_eq!(stream.accept_messages().await[0].message_id, "m-1");
}

#[tokio::test]
async fn the_last_clone_may_be_dropped_by_a_handler() {
    let bus = FakeBus::start().await;
    let last = Arc::new(Mutex::new(None::<Agent>));
    let (statuses, mut heard) = mpsc::unbounded_channel();
    let in_handler = Arc::clone(&last);
    let agent = bus
        .agent()
        .on_status(move |status| statuses.send(status).unwrap())
        .on_task(move |task| {
            drop(in_handler.lock().unwrap().take());
            async move { Ok::<_, HandlerError>(task.cancelled().await.code()).map(|_| ()) }
        })
        .connect()
        .unwrap();
    *last.lock().unwrap() = Some(agent);
    let mut stream = bus.accept().await;
    stream.deliver_task("d-1");
    assert!(matches!(stream.hear().await, Some(AgentFrame::Drain(_))));
    assert_eq!(stream.accept_messages().await.len(), 1);
    assert_eq!(stream.confirm().await, ["d-1"]);
    assert_eq!(stream.hear().await, None);
    stream.end(ok());
    while let Some(status) = heard.recv().await {
        if matches!(status, Status::Closed) {
            return;
        }
    }
    panic!("the agent did not leave");
}

#[tokio::test]
async fn whoever_lost_its_place_is_told_so_and_sends_no_more() {
    let bus = FakeBus::start().await;
    let (outcome, mut heard) = mpsc::unbounded_channel();
    let agent = bus
        .agent()
        .on_task(move |task| {
            let outcome = outcome.clone();
            async move {
                let why = task.cancelled().await;
                outcome.send((why, task.progress(50, "").await.unwrap_err())).unwrap();
                Ok(())
            }
        })
        .connect()
        .unwrap();
    let mut stream = bus.accept().await;
    stream.deliver_task("d-1");
    agent.ready().await.unwrap();
    let details = ErrorDetails::with_error_info("STREAM_FENCED", "agentbus", HashMap::new());
    stream.end(tonic::Status::with_error_details(Code::Aborted, "", details));
    let error = agent.closed().await.unwrap_err();
    let (why, refusal) = heard.recv().await.unwrap();
    for error in [error, why, refusal] {
        assert!(error.is(ErrorReason::StreamFenced), "{error}");
    }
    assert_eq!(agent.status().name(), "fenced");
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_left_behind_and_told_so() {
    let bus = FakeBus::start().await;
    let (started, mut begun) = mpsc::unbounded_channel();
    let agent = bus
        .agent()
        .on_task(move |task| {
            started.send(task).unwrap();
            std::future::pending::<Result<(), HandlerError>>()
        })
        .connect()
        .unwrap();
    let mut stream = bus.accept().await;
    stream.deliver_task("d-1");
    let task = begun.recv().await.unwrap();
    agent.drain_within(Duration::ZERO).await.unwrap();
    assert_eq!(task.cancelled().await.code(), Code::Cancelled);
    assert_eq!(task.progress(50, "").await.unwrap_err().code(), Code::Cancelled);
}

#[tokio::test]
async fn credit_that_the_bus_does_not_give_is_refused_at_once() {
    for credit in [0, 10_001] {
        let error = Agent::builder("http://127.0.0.1:1").max_in_flight(credit).connect();
        assert_eq!(error.unwrap_err().code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn a_bus_that_drains_is_left_when_the_work_in_hand_is_done() {
    let bus = FakeBus::start().await;
    let work = Arc::new(Notify::new());
    let in_handler = Arc::clone(&work);
    let agent = bus
        .agent()
        .on_task(move |_| {
            let work = Arc::clone(&in_handler);
            async move {
                work.notified().await;
                Ok(())
            }
        })
        .connect()
        .unwrap();
    let mut stream = bus.accept().await;
    stream.deliver_task("d-1");
    stream.say(BusFrame::Drain(ServerDrain::default()));
    work.notify_one();
    stream.accept_messages().await;
    assert_eq!(stream.confirm().await, ["d-1"]);
    assert_eq!(stream.hear().await, None);
    stream.end(ok());

    let mut stream = bus.accept().await;
    let (sent, _) = tokio::join!(agent.send(note("m-1")), stream.accept_messages());
    assert!(sent.is_ok());
}

#[test]
fn nobody_waits_for_an_agent_whose_runtime_has_ended() {
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let first = runtime();
    let agent = first.block_on(async { Agent::builder("http://127.0.0.1:1").connect().unwrap() });
    let sending = agent.clone();
    first.spawn(async move { sending.send(note("m-1")).await });
    drop(first);
    runtime().block_on(async {
        for error in [
            agent.closed().await.unwrap_err(),
            agent.ready().await.unwrap_err(),
            agent.send(note("m-2")).await.unwrap_err(),
        ] {
            assert_eq!(error.code(), Code::Cancelled);
        }
        assert_eq!(agent.status().name(), "failed");
    });
}
