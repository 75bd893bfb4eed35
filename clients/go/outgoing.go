package agentbus

import "time"

// OutgoingMessage is any message on its way out; for tasks [TaskRequest] is shorter. Durations of 0 are not said.
type OutgoingMessage struct {
	// To is required.
	To Recipient
	// Type is TypeNotification unless it is said otherwise.
	Type MessageType
	// Content is JSON, Data, or nil for nothing.
	Content Content
	// ID is the name of the message: 1 to 128 visible ASCII characters. Default: a new one.
	//
	// A sender that names its messages itself can repeat them after a crash: the bus takes the repetition, if it says the
	// same, for a duplicate. For that reason such a message is not stamped with the time.
	ID string
	// SessionID is the session that it is part of. Default: none; in a handler that of the message that is handled.
	SessionID string
	// CorrelationID is the message that this one answers.
	CorrelationID string
	// ParentTaskID is the task that caused this one. Only in a TypeTaskRequest; in a task's handler that task.
	ParentTaskID string
	// Step is the workflow step it belongs to. Default: the workflow chooses.
	Step string
	// Priority is PriorityMedium unless it is said otherwise.
	Priority Priority
	// Timeout is the time for one attempt of a task, at most 7 days. Default: no bound.
	Timeout time.Duration
	// Retry says how often a failed attempt of a task is repeated. Default: never.
	Retry Retry
	// FallbackAgents are asked in turn when attempts are exhausted; at most 16.
	FallbackAgents []string
	// ExpiresAt is when the message loses its use. Default: never.
	ExpiresAt time.Time
	// Replies says where the answer to a task goes. Default ReplyToMailbox.
	Replies ReplyMode
	// Receipts are the turns in the life of the message that AgentOptions.OnReceipt is told of. Default: none.
	Receipts []MessageState
	// Metadata are words about the message, at most 64; `traceparent` carries W3C Trace Context.
	Metadata map[string]string
}

// TaskRequest is a task on its way to an agent. Durations of 0 are not said.
type TaskRequest struct {
	// To is required: an AgentID or a Capability. For Role and AllParticipants see Session.DelegateToAll.
	To Recipient
	// Content is what is to be done: JSON, Data, or nil for nothing.
	Content Content
	// TaskID is unique in the session, and among all messages that the delegator sends within 24 hours. Default: a
	// new one. Delegating again under the same id and content changes nothing.
	TaskID string
	// ParentTaskID is the task that caused this one. Default: in a task's handler that task, or else none.
	ParentTaskID string
	// Step is the workflow step it belongs to. Default: the workflow chooses.
	Step string
	// Priority is PriorityMedium unless it is said otherwise.
	Priority Priority
	// Timeout is the time for one attempt, at most 7 days. Default: no bound.
	Timeout time.Duration
	// Retry says how often a failed attempt is repeated. Default: never.
	Retry Retry
	// FallbackAgents are asked in turn when attempts are exhausted; at most 16.
	FallbackAgents []string
	// ExpiresAt is when the task is over, whatever its attempts are at. Default: never.
	ExpiresAt time.Time
	// Replies says where the answer goes. Default ReplyToSession for an orchestrator, which reads no mailbox, and
	// ReplyToMailbox for an agent, whose OnMessage gets it.
	Replies ReplyMode
	// Metadata are words about the task, at most 64; `traceparent` carries W3C Trace Context.
	Metadata map[string]string

	// Wait is for Ask alone: how long to wait for the end of the task, at most an hour, which is the default. The
	// deadline of Ask's context ends the wait as well.
	Wait time.Duration
	// CancelOnTimeout is for Ask alone: the bus calls the task off when the wait is over before the task has
	// ended. Default: the task goes on.
	CancelOnTimeout bool
}

// Retry says how often and when a failed attempt of a task is repeated.
type Retry struct {
	// Max is the number of attempts after the first, 0 to 100.
	Max int
	// Growth is how the wait grows. Default GrowthNone: retries come at once.
	Growth Growth
	// InitialDelay is the wait before the first retry, at most a day. Default 1 s.
	InitialDelay time.Duration
	// MaxDelay is the longest wait, at most a day. Default 1 minute.
	MaxDelay time.Duration
}

func (t TaskRequest) message() OutgoingMessage {
	return OutgoingMessage{
		To:             t.To,
		Type:           TypeTaskRequest,
		Content:        t.Content,
		ID:             t.TaskID,
		ParentTaskID:   t.ParentTaskID,
		Step:           t.Step,
		Priority:       t.Priority,
		Timeout:        t.Timeout,
		Retry:          t.Retry,
		FallbackAgents: t.FallbackAgents,
		ExpiresAt:      t.ExpiresAt,
		Replies:        t.Replies,
		Metadata:       t.Metadata,
	}
}
