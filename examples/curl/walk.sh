#!/usr/bin/env bash
# The whole life of a session with nothing but curl: create it, delegate a task, receive and acknowledge it as the
# other agent, answer, read what happened, complete the session.
#
#   AGENT_BUS_API_KEY=… examples/curl/walk.sh
#
# The bus is at AGENT_BUS_URL. A message_id means the same message for 24 hours, so a second walk on the same bus needs
# another name for its task: TASK_ID=task_impl_backend_2.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/calls.sh"
TASK_ID=${TASK_ID:-task_impl_backend}

say 'The orchestrator opens a session with three agents and three steps'
post /agentbus.v1.SessionService/CreateSession '{
  "orchestrator": "claude-code://orchestrator",
  "participants": [
    { "agent_id": "opencode://backend", "role": "implementer" },
    { "agent_id": "codex://frontend", "role": "implementer" },
    { "agent_id": "claude-code://qa", "role": "reviewer" }
  ],
  "workflow": {
    "steps": [
      { "name": "design", "required_agents": ["claude-code://orchestrator"] },
      { "name": "implementation", "required_agents": ["opencode://backend", "codex://frontend"] },
      { "name": "review", "required_agents": ["claude-code://qa"] }
    ]
  },
  "shared_context": { "project": "feature/notifications", "requirements": ["real-time updates", "audit logs"] }
}'
expect '"state":"SESSION_STATE_ACTIVE"'
sessionId=$(field session_id)

say 'It delegates a task to the backend agent, in the short form of the contract'
task='{
    "message_id": "'"$TASK_ID"'",
    "timestamp": "2025-02-02T11:00:00Z",
    "sender": {
      "agent_id": "claude-code://orchestrator",
      "framework": "claude-code",
      "session_id": "'"$sessionId"'"
    },
    "recipient": { "agent_id": "opencode://backend", "framework": "opencode" },
    "message_type": "task_request",
    "priority": "high",
    "payload": { "task_type": "implementation", "context": { "component": "notification-service" } },
    "routing": {
      "timeout": "300s",
      "retry_policy": { "max_retries": 1, "backoff": "linear" },
      "delivery_mode": "async"
    }
  }'
post /messages/send "$task"
expect "\"message_id\":\"$TASK_ID\""

say 'Sending it again changes nothing: the answer was lost, say'
post /messages/send "$task"
expect '"duplicate":true'

say 'The backend agent asks for its mail, and waits for it if there is none'
post /agentbus.v1.MessageService/ReceiveMessages '{ "agent_id": "opencode://backend", "wait": "10s" }'
expect "\"message_id\":\"$TASK_ID\""
expect '"component":"notification-service"'
deliveryId=$(field delivery_id)

say 'It takes the task on: from now on the message is its own affair'
post /agentbus.v1.MessageService/AcknowledgeMessages \
  '{ "agent_id": "opencode://backend", "delivery_ids": ["'"$deliveryId"'"] }'

say 'It answers, which completes the task'
post /agentbus.v1.MessageService/SendMessage '{
  "message": {
    "message_id": "'"$TASK_ID"'_done",
    "sender": { "agent_id": "opencode://backend", "session_id": "'"$sessionId"'" },
    "recipient": { "agent_id": "claude-code://orchestrator" },
    "message_type": "MESSAGE_TYPE_TASK_RESPONSE",
    "correlation_id": "'"$TASK_ID"'",
    "payload": { "status": "completed", "artifact": "s3://artifacts/notification-service.zip" }
  }
}'

say 'The orchestrator can see that its message arrived'
post /agentbus.v1.MessageService/GetMessageStatus \
  '{ "sender": "claude-code://orchestrator", "message_id": "'"$TASK_ID"'" }'
expect '"state":"MESSAGE_STATE_ACKNOWLEDGED"'

say 'The session has kept what happened, in order'
post /agentbus.v1.SessionService/ListSessionEvents '{ "session_id": "'"$sessionId"'" }'
expect '"session_created"'
expect '"task_delegated"'
expect '"task_completed"'

say 'The orchestrator closes the session'
post /agentbus.v1.SessionService/CompleteSession '{
  "session_id": "'"$sessionId"'",
  "summary": "All tasks completed successfully",
  "artifacts": ["s3://artifacts/notification-service.zip"]
}'
expect '"state":"SESSION_STATE_COMPLETED"'

say "Done: $sessionId"
