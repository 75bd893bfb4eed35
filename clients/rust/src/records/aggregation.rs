use agentbus_proto::v1::{
    AgentResult as ResultMessage, AggregateResultsResponse, Conflict as ConflictMessage,
    ConflictingValue as ValueMessage,
};
use serde_json::Value;

use super::TaskResult;
use crate::json;

/// One result of the answers in a session.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Aggregation {
    /// The one result, a JSON object; `None` for [`AggregationMethod::Manual`](crate::AggregationMethod::Manual).
    pub unified_result: Option<Value>,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// Keys on which the answers differ, whatever the method.
    pub conflicts: Vec<Conflict>,
    /// The answers that take part, oldest first.
    pub results: Vec<AgentResult>,
    /// An executive summary of the session in Markdown.
    pub summary_markdown: String,
}

/// A key on which agents differ.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conflict {
    /// Name of the key in the answers.
    pub key: String,
    /// Each different value, the one that was given first at the head.
    pub values: Vec<ConflictingValue>,
}

/// One of several values that were given for one key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ConflictingValue {
    /// The value.
    pub value: Value,
    /// Agents that gave it, in the order in which they did.
    pub agent_ids: Vec<String>,
}

/// One agent's answer as it went into an aggregation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AgentResult {
    /// The agent that answered.
    pub agent_id: String,
    /// Its role in the session; `orchestrator` for the agent that leads it.
    pub role: String,
    /// The task that it answered.
    pub task_id: String,
    /// What it answered.
    pub result: TaskResult,
    /// How sure it said it was, 0 to 1; 1 if it did not say.
    pub confidence: f64,
}

impl Aggregation {
    pub(crate) fn from_message(response: AggregateResultsResponse) -> Self {
        let conflicts = response.conflicts.into_iter();
        let results = response.results.into_iter();
        Self {
            unified_result: response.unified_result.map(json::from_struct),
            confidence: response.confidence,
            conflicts: conflicts.map(Conflict::from_message).collect(),
            results: results.map(AgentResult::from_message).collect(),
            summary_markdown: response.summary_markdown,
        }
    }
}

impl Conflict {
    fn from_message(conflict: ConflictMessage) -> Self {
        let values = conflict.values.into_iter();
        Self {
            key: conflict.key,
            values: values.map(ConflictingValue::from_message).collect(),
        }
    }
}

impl ConflictingValue {
    fn from_message(value: ValueMessage) -> Self {
        Self {
            value: value.value.map_or(Value::Null, json::from_value),
            agent_ids: value.agent_ids,
        }
    }
}

impl AgentResult {
    fn from_message(result: ResultMessage) -> Self {
        Self {
            agent_id: result.agent_id,
            role: result.role,
            task_id: result.task_id,
            result: TaskResult::from_message(result.result.unwrap_or_default()),
            confidence: result.confidence,
        }
    }
}
