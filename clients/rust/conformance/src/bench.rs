use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use agentbus::{Agent, MessageType, NewMessage, Value};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use crate::lines::Failure;

/// What `bench` is told.
#[derive(Deserialize)]
pub(crate) struct Bench {
    address: String,
    api_key: String,
    from: String,
    to: String,
    messages: usize,
    bytes: usize,
    /// Messages that are sent and not handled yet.
    window: u32,
}

/// Sends notifications from one agent to another and says how long each took from `send` to its handler.
pub(crate) async fn run(bench: Bench) -> Result<Value, Failure> {
    let sent_at = Arc::new(Mutex::new(HashMap::<String, Instant>::new()));
    let (handled, mut latencies) = mpsc::unbounded_channel();
    let started = Arc::clone(&sent_at);
    let receiver = Agent::builder(&bench.address)
        .api_key(&bench.api_key)
        .agent_id(&bench.to)
        .max_in_flight(bench.window)
        .on_message(move |message| {
            let mut started = started.lock().unwrap_or_else(PoisonError::into_inner);
            // What is not known is left over from an earlier run, or delivered again.
            if let Some(start) = started.remove(&message.message_id) {
                let _ = handled.send(start.elapsed());
            }
            async { Ok(()) }
        })
        .connect()?;
    let sender = Agent::builder(&bench.address)
        .api_key(&bench.api_key)
        .agent_id(&bench.from)
        .connect()?;
    receiver.ready().await?;
    sender.ready().await?;

    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let run = since_epoch.map_or(0, |time| time.as_nanos());
    let data = vec![0; bench.bytes];
    let mut sent = 0;
    let (failed, mut failures) = mpsc::unbounded_channel();
    let mut send_one = || {
        let message_id = format!("bench-{run}-{sent}");
        sent += 1;
        let message = NewMessage::new(MessageType::Notification, &bench.to)
            .message_id(&message_id)
            .data(data.clone(), "application/octet-stream");
        let (sender, failed) = (sender.clone(), failed.clone());
        let mut started = sent_at.lock().unwrap_or_else(PoisonError::into_inner);
        started.insert(message_id, Instant::now());
        drop(started);
        tokio::spawn(async move {
            if let Err(error) = sender.send(message).await {
                let _ = failed.send(error);
            }
        });
        sent
    };

    let started_at = Instant::now();
    let mut latencies_us = Vec::with_capacity(bench.messages);
    let window = usize::try_from(bench.window).unwrap_or(usize::MAX);
    let mut count = 0;
    while count < window.min(bench.messages) {
        count = send_one();
    }
    while latencies_us.len() < bench.messages {
        tokio::select! {
            Some(latency) = latencies.recv() => {
                latencies_us.push(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
                if count < bench.messages {
                    count = send_one();
                }
            }
            Some(error) = failures.recv() => return Err(error.into()),
        }
    }
    let elapsed = started_at.elapsed();
    sender.drain().await?;
    receiver.drain().await?;
    Ok(json!({ "elapsed_ms": elapsed.as_secs_f64() * 1_000.0, "latencies_us": latencies_us }))
}
