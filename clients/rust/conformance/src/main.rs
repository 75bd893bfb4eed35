//! The testee for Rust: does with the client what it reads from standard input, as test/clients/README.md says.

mod agents;
mod bench;
mod handlers;
mod holds;
mod lines;
mod messages;
mod orchestrators;
mod records;
mod script;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::agents::Agents;
use crate::holds::Holds;
use crate::lines::{Failure, write};
use crate::orchestrators::Orchestrators;

/// A line of standard input.
#[derive(Deserialize)]
struct Command {
    id: u64,
    command: String,
    #[serde(default)]
    with: Value,
}

/// What commands are about.
struct Testee {
    agents: Agents,
    orchestrators: Orchestrators,
    holds: Arc<Holds>,
}

impl Testee {
    async fn answer(&self, Command { id, command, with }: Command) {
        write(&match self.run(&command, with).await {
            Ok(result) => json!({ "id": id, "result": result }),
            Err(failure) => json!({ "id": id, "error": failure.words() }),
        });
    }

    async fn run(&self, command: &str, with: Value) -> Result<Value, Failure> {
        if let Some(command) = command.strip_prefix("agent.") {
            return self.agents.run(command, with).await;
        }
        if let Some(command) = command.strip_prefix("orchestrator.") {
            return self.orchestrators.run(command, with).await;
        }
        match command {
            "release" => {
                self.holds.release(with["hold"].as_str().unwrap_or_default());
                Ok(json!({}))
            }
            "bench" => bench::run(serde_json::from_value(with)?).await,
            _ => Err(format!("there is no command {command}").into()),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let holds = Arc::new(Holds::default());
    let testee = Arc::new(Testee {
        agents: Agents::new(Arc::clone(&holds)),
        orchestrators: Orchestrators::default(),
        holds,
    });
    write(&json!({ "event": "started" }));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let command: Command = serde_json::from_str(&line)?;
        if command.command.ends_with(".connect") {
            // It takes no time, and what comes next may need it.
            testee.answer(command).await;
            continue;
        }
        let testee = Arc::clone(&testee);
        // Commands run side by side: none waits for the answer of the one before.
        tokio::spawn(async move { testee.answer(command).await });
    }
    Ok(())
}
