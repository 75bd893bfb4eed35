package agentbus

// The reasons of the contract. A newer bus may give others.
const (
	// A field breaks a rule of the contract. Status INVALID_ARGUMENT.
	ReasonFieldInvalid Reason = "FIELD_INVALID"
	// The request cannot be decoded, or JSON names a field that does not exist. Status INVALID_ARGUMENT.
	ReasonMalformedRequest Reason = "MALFORMED_REQUEST"
	// An envelope, a request or a session's outline (roster, steps, labels) is larger than allowed. Status RESOURCE_EXHAUSTED.
	ReasonMessageTooLarge Reason = "MESSAGE_TOO_LARGE"
	// A shared context would become larger than allowed. Status RESOURCE_EXHAUSTED.
	ReasonSharedContextTooLarge Reason = "SHARED_CONTEXT_TOO_LARGE"
	// A shared context or patch has a key that would be dangerous to JavaScript readers. Status INVALID_ARGUMENT.
	ReasonForbiddenKey Reason = "FORBIDDEN_KEY"
	// The steps of a workflow contradict each other. Status INVALID_ARGUMENT.
	ReasonWorkflowInvalid Reason = "WORKFLOW_INVALID"
	// A page token was not made by this bus for this call. Status INVALID_ARGUMENT.
	ReasonPageTokenInvalid Reason = "PAGE_TOKEN_INVALID"
	// The call carries no key. Status UNAUTHENTICATED.
	ReasonKeyMissing Reason = "KEY_MISSING"
	// The key is not one that the bus knows. Status UNAUTHENTICATED.
	ReasonKeyInvalid Reason = "KEY_INVALID"
	// The key may not speak as this agent. Status PERMISSION_DENIED.
	ReasonAgentNotAllowed Reason = "AGENT_NOT_ALLOWED"
	// Only the session's orchestrator may do this. Status PERMISSION_DENIED.
	ReasonNotOrchestrator Reason = "NOT_ORCHESTRATOR"
	// There is no such session for this caller. Status NOT_FOUND.
	ReasonSessionNotFound Reason = "SESSION_NOT_FOUND"
	// The agent is not registered. Status NOT_FOUND.
	ReasonAgentNotFound Reason = "AGENT_NOT_FOUND"
	// There is no such recipient for this sender: no agent, no member, nobody in the role, or nobody live with the capability. Status NOT_FOUND.
	ReasonRecipientNotFound Reason = "RECIPIENT_NOT_FOUND"
	// The agent is not in the session's roster. Status NOT_FOUND.
	ReasonParticipantNotFound Reason = "PARTICIPANT_NOT_FOUND"
	// The message was never accepted, or is forgotten. Status NOT_FOUND.
	ReasonMessageNotFound Reason = "MESSAGE_NOT_FOUND"
	// There is no such task for this caller. Status NOT_FOUND.
	ReasonTaskNotFound Reason = "TASK_NOT_FOUND"
	// The session id is taken. Status ALREADY_EXISTS.
	ReasonSessionAlreadyExists Reason = "SESSION_ALREADY_EXISTS"
	// The sender used this message_id within 24 hours for other content. Status ALREADY_EXISTS.
	ReasonMessageIdReused Reason = "MESSAGE_ID_REUSED"
	// A task of the session, or of this sender outside of sessions, has this id. Status ALREADY_EXISTS.
	ReasonTaskIdTaken Reason = "TASK_ID_TAKEN"
	// The agent is in the session's roster already. Status ALREADY_EXISTS.
	ReasonParticipantAlreadyExists Reason = "PARTICIPANT_ALREADY_EXISTS"
	// The session has ended and takes no change. Status FAILED_PRECONDITION.
	ReasonSessionEnded Reason = "SESSION_ENDED"
	// The shared context changed since the revision that the caller has. Status ABORTED.
	ReasonContextRevisionMismatch Reason = "CONTEXT_REVISION_MISMATCH"
	// Another process changed the session at the same moment. Status ABORTED.
	ReasonSessionConflict Reason = "SESSION_CONFLICT"
	// A newer stream of the same agent and instance took this one's place. Status ABORTED.
	ReasonStreamFenced Reason = "STREAM_FENCED"
	// A cursor is beyond the end of what it points into. Status OUT_OF_RANGE.
	ReasonSequenceOutOfRange Reason = "SEQUENCE_OUT_OF_RANGE"
	// The recipient's mailbox has no room. Status RESOURCE_EXHAUSTED.
	ReasonMailboxFull Reason = "MAILBOX_FULL"
	// A bound of the bus is reached. Status RESOURCE_EXHAUSTED.
	ReasonLimitReached Reason = "LIMIT_REACHED"
	// The client does not read what it is sent. Status RESOURCE_EXHAUSTED.
	ReasonSlowConsumer Reason = "SLOW_CONSUMER"
	// The first frame of a stream is not `hello`. Status INVALID_ARGUMENT.
	ReasonHelloExpected Reason = "HELLO_EXPECTED"
	// A stream said `hello` twice. Status INVALID_ARGUMENT.
	ReasonHelloRepeated Reason = "HELLO_REPEATED"
	// A stream did not say `hello` in time. Status DEADLINE_EXCEEDED.
	ReasonHelloTimeout Reason = "HELLO_TIMEOUT"
	// Nothing was heard of the agent for two heartbeat intervals. Status DEADLINE_EXCEEDED.
	ReasonHeartbeatTimeout Reason = "HEARTBEAT_TIMEOUT"
	// The agent speaks a newer protocol than the bus. Status FAILED_PRECONDITION.
	ReasonProtocolVersionUnsupported Reason = "PROTOCOL_VERSION_UNSUPPORTED"
	// The caller's deadline passed, or the wait that it asked for. Status DEADLINE_EXCEEDED.
	ReasonDeadlineExceeded Reason = "DEADLINE_EXCEEDED"
	// The bus is shutting down; connect again, here or elsewhere. Status UNAVAILABLE.
	ReasonDraining Reason = "DRAINING"
	// The store failed; the bus stops. Whether the call took effect is not known. Status UNAVAILABLE.
	ReasonStoreFailed Reason = "STORE_FAILED"
	// This version of the bus does not have it. Status UNIMPLEMENTED.
	ReasonNotImplemented Reason = "NOT_IMPLEMENTED"
	// A fault of the bus; its log has the details under the same id. Status INTERNAL.
	ReasonInternal Reason = "INTERNAL"
	// The task has ended, so that it can neither be cancelled nor cause another. Status FAILED_PRECONDITION.
	ReasonTaskEnded Reason = "TASK_ENDED"
	// Only the task's delegator and the session's orchestrator may do this. Status PERMISSION_DENIED.
	ReasonNotDelegator Reason = "NOT_DELEGATOR"
	// The task that the call waited for ran out of attempts or time. Status DEADLINE_EXCEEDED.
	ReasonTaskTimedOut Reason = "TASK_TIMED_OUT"
	// The task that the call waited for was called off. Status ABORTED.
	ReasonTaskCancelled Reason = "TASK_CANCELLED"
)
