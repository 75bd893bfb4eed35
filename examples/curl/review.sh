#!/usr/bin/env bash
# A change reviewed by three agents, with nothing but curl: one task for everybody in a role, an answer in the call that
# asked for it, a task that is called off while its agent is at it, and what came out of it all.
#
#   AGENT_BUS_API_KEY=… examples/curl/review.sh
#
# The script plays the agents, too.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/calls.sh"

# receive <agent>: leases the next message of an agent, waiting for it, and keeps its handle in $deliveryId.
receive() {
  post /agentbus.v1.MessageService/ReceiveMessages '{ "agent_id": "'"$1"'", "wait": "10s" }'
  deliveryId=$(field delivery_id)
}

# work <agent> <task> <answer>: takes a task, answers it, and only then lets go of the message.
work() {
  receive "$1"
  expect "\"message_id\":\"$2\""
  post /agentbus.v1.MessageService/SendMessage '{
    "message": {
      "message_id": "'"$2"'/answer",
      "sender": { "agent_id": "'"$1"'", "session_id": "'"$sessionId"'" },
      "recipient": { "agent_id": "review://lead" },
      "message_type": "MESSAGE_TYPE_TASK_RESPONSE",
      "correlation_id": "'"$2"'",
      "payload": '"$3"'
    }
  }'
  post /agentbus.v1.MessageService/AcknowledgeMessages \
    '{ "agent_id": "'"$1"'", "delivery_ids": ["'"$deliveryId"'"] }'
}

# ask <task> <recipient> <payload> <routing>: asks for something; the answer stays in the session and is nobody's mail.
ask() {
  post /agentbus.v1.MessageService/SendMessage '{
    "message": {
      "message_id": "'"$1"'",
      "sender": { "agent_id": "review://lead", "session_id": "'"$sessionId"'" },
      "recipient": '"$2"',
      "message_type": "MESSAGE_TYPE_TASK_REQUEST",
      "payload": '"$3"',
      "routing": { "reply_mode": "REPLY_MODE_SESSION", "timeout": "60s"'"${4:-}"' }
    }
  }'
}

say 'The lead opens a session with three reviewers'
post /agentbus.v1.SessionService/CreateSession '{
  "orchestrator": "review://lead",
  "participants": [
    { "agent_id": "review://ada", "role": "reviewer" },
    { "agent_id": "review://bob", "role": "reviewer" },
    { "agent_id": "review://cleo", "role": "reviewer" }
  ],
  "workflow": {
    "steps": [{ "name": "review", "required_agents": ["review://ada", "review://bob", "review://cleo"] }]
  }
}'
sessionId=$(field session_id)

say 'It asks everybody in the role: one message, three tasks'
task="$sessionId/review"
ask "$task" '{ "role": "reviewer" }' '{ "change": "var greeting = name;" }'
expect '"recipients":["review://ada","review://bob","review://cleo"]'
post /agentbus.v1.SessionService/ListTasks '{ "session_id": "'"$sessionId"'" }'
expect "\"task_id\":\"$task#1\""
expect "\"task_id\":\"$task#3\""

say 'Each reviewer takes its task and answers the message that it was given'
work review://ada "$task" '{ "verdict": "change", "style": "found var", "confidence": 0.9 }'
work review://bob "$task" '{ "verdict": "change", "confidence": 0.6 }'
work review://cleo "$task" '{ "verdict": "approve", "security": "nothing found", "confidence": 0.8 }'

say 'With that the step is over, and nobody had to say so'
post /agentbus.v1.SessionService/GetSession '{ "session_id": "'"$sessionId"'" }'
expect '"completed_steps":["review"]'

say 'The lead waits for an answer in the very call, while ada works in the background'
work review://ada "$sessionId/mend" '{ "patch": "const greeting = name;" }' >/dev/null &
ask "$sessionId/mend" '{ "agent_id": "review://ada" }' '{ "finding": "found var" }' \
  ', "delivery_mode": "DELIVERY_MODE_SYNC"'
wait $!
expect '"payload":{"patch":"const greeting = name;"}'

say 'It asks bob for something and calls it off while bob is at it'
ask "$sessionId/measure" '{ "agent_id": "review://bob" }' '{ "what": "speed" }'
receive review://bob
post /agentbus.v1.SessionService/CancelTask \
  '{ "session_id": "'"$sessionId"'", "task_id": "'"$sessionId/measure"'", "reason": "it is fast enough" }'
expect '"status":"TASK_STATUS_CANCELLED"'

say 'The bus tells bob, who need not settle what was taken back'
receive review://bob
expect '"event":"task_cancelled"'
expect '"reason":"it is fast enough"'
post /agentbus.v1.MessageService/AcknowledgeMessages \
  '{ "agent_id": "review://bob", "delivery_ids": ["'"$deliveryId"'"] }'

say 'The session is over'
post /agentbus.v1.SessionService/CompleteSession '{ "session_id": "'"$sessionId"'", "summary": "One finding, mended." }'

say 'What came out of it: the value that most agents gave for each key, where they differ, and a page to read'
post /agentbus.v1.SessionService/AggregateResults \
  '{ "session_id": "'"$sessionId"'", "method": "AGGREGATION_METHOD_CONSENSUS" }'
expect '"verdict":"change"'
expect '"key":"verdict"'
summary=$(field summary_markdown)
printf '\n%b\n' "${summary//\\\"/\"}"
