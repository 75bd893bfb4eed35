//! An agent without a client: the generated stubs and tonic are all it takes. It joins, answers tasks with their text in
//! upper case, and leaves on SIGTERM.
//!
//! What a client adds: connecting again, sending again what was not answered, leases for long work, credit, cancellation.

use std::{collections::HashMap, env, error::Error, time::Duration};

use agentbus_proto::v1::agent_service_client::AgentServiceClient;
use agentbus_proto::v1::agent_stream_request::Frame as ToBus;
use agentbus_proto::v1::agent_stream_response::Frame as FromBus;
use agentbus_proto::v1::{
    AckFrame, AgentDescriptor, AgentStreamRequest, ClientDrain, ClientHeartbeat, Envelope, Hello, MessageType,
    Recipient, SendFrame, Sender, envelope::Content, recipient::Target, send_result::Outcome,
};
use prost_types::{Struct, value::Kind};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let or = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let agent_id = or("AGENT_ID", "rust://stub");
    let mut bus = AgentServiceClient::connect(or("AGENT_BUS_URL", "http://127.0.0.1:8080")).await?;

    // What is put into `frames` goes out on the stream. The first frame is `hello`, and registers the agent.
    let (frames, outgoing) = mpsc::channel(16);
    let say = async |frame| frames.send(AgentStreamRequest { frame: Some(frame) }).await;
    say(ToBus::Hello(Hello {
        agent: Some(AgentDescriptor { agent_id: agent_id.clone(), ..Default::default() }),
        instance_id: format!("stub-{}", std::process::id()),
        ..Default::default()
    }))
    .await?;
    let mut request = Request::new(ReceiverStream::new(outgoing));
    let key = or("AGENT_BUS_API_KEY", "dev-key");
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse()?);
    let mut stream = bus.agent_stream(request).await?.into_inner();

    let mut heartbeat = tokio::time::interval(Duration::from_secs(15));
    let mut terminate = signal(SignalKind::terminate())?;
    // Deliveries whose answer is not known to be on disk yet, by the id of the answer.
    let mut unanswered = HashMap::new();
    loop {
        let frame = tokio::select! {
            frame = stream.message() => frame?,
            // Each side says something at least once in an interval, or the other takes it for gone.
            _ = heartbeat.tick() => {
                say(ToBus::Heartbeat(ClientHeartbeat::default())).await?;
                continue;
            }
            _ = terminate.recv() => break,
        };
        match frame.and_then(|frame| frame.frame) {
            None => return Ok(()),
            Some(FromBus::Welcome(welcome)) => {
                if let Some(interval) = welcome.heartbeat_interval {
                    heartbeat = tokio::time::interval(Duration::try_from(interval)? / 3);
                }
                println!("ready");
            }
            Some(FromBus::Delivery(frame)) => {
                for delivery in frame.deliveries {
                    let (delivery_id, message) = (delivery.delivery_id, delivery.message.unwrap_or_default());
                    if message.message_type() == MessageType::TaskRequest {
                        let answer = answer(&agent_id, message);
                        unanswered.insert(answer.message_id.clone(), delivery_id);
                        say(ToBus::Send(SendFrame { messages: vec![answer] })).await?;
                    } else {
                        // Such as the bus's own news that a task was called off: nothing to do here.
                        say(ToBus::Ack(AckFrame { delivery_ids: vec![delivery_id] })).await?;
                    }
                }
            }
            // The task is acknowledged only when its answer is on disk: a crash in between repeats the work, and loses nothing.
            Some(FromBus::SendResult(frame)) => {
                for result in frame.results {
                    let delivery_ids = Vec::from_iter(unanswered.remove(&result.message_id));
                    match result.outcome {
                        Some(Outcome::Error(error)) => eprintln!("refused: {}", error.message),
                        _ => say(ToBus::Ack(AckFrame { delivery_ids })).await?,
                    }
                }
            }
            Some(_) => {}
        }
    }
    // The bus hands over no more, and ends the stream when the agent has.
    say(ToBus::Drain(ClientDrain {})).await?;
    drop(frames);
    while stream.message().await?.is_some() {}
    Ok(())
}

/// Does the task: its text in upper case. The answer names the task that it ends, and goes to the agent that asked.
fn answer(agent_id: &str, task: Envelope) -> Envelope {
    let asked = task.sender.unwrap_or_default();
    let mut payload = match task.content {
        Some(Content::Payload(payload)) => payload,
        _ => Struct::default(),
    };
    payload.fields.retain(|key, _| key == "text");
    if let Some(Kind::StringValue(text)) = payload.fields.get_mut("text").and_then(|value| value.kind.as_mut()) {
        *text = text.to_uppercase();
    }
    Envelope {
        // The same for every delivery of the task: an answer that is sent twice is stored once.
        message_id: format!("{}-answer", task.message_id),
        sender: Some(Sender { agent_id: agent_id.to_owned(), session_id: asked.session_id, ..Default::default() }),
        recipient: Some(Recipient { target: Some(Target::AgentId(asked.agent_id)), ..Default::default() }),
        message_type: MessageType::TaskResponse.into(),
        correlation_id: task.message_id,
        content: Some(Content::Payload(payload)),
        ..Default::default()
    }
}
