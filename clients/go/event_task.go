package agentbus

import "time"

// TaskDelegatedEvent says that a task was delegated.
type TaskDelegatedEvent struct {
	// Task is how it began.
	Task *TaskRecord
}

// TaskDeliveredEvent says that a task was handed to its assignee.
type TaskDeliveredEvent struct {
	TaskID   string
	Assignee string
	// Attempt is counted from 1.
	Attempt int
}

// TaskAcceptedEvent says that a task's assignee acknowledged it.
type TaskAcceptedEvent struct {
	TaskID   string
	Assignee string
	// Attempt is counted from 1.
	Attempt int
}

// TaskProgressedEvent says that a task's assignee reported progress.
type TaskProgressedEvent struct {
	TaskID  string
	AgentID string
	// Progress is 0 to 100 percent; nil if the report does not say.
	Progress *int
	Note     string
}

// TaskAttemptFailedEvent says that an attempt of a task failed, and another follows.
type TaskAttemptFailedEvent struct {
	TaskID   string
	Assignee string
	// Attempt is counted from 1.
	Attempt int
	Error   *TaskError
	// NextAssignee is asked next, at NextAttemptTime, for the NextAttempt-th time; the same agent for a retry.
	NextAssignee    string
	NextAttemptTime time.Time
	NextAttempt     int
}

// TaskCompletedEvent says that a task was answered with success.
type TaskCompletedEvent struct {
	TaskID string
	// AgentID is who answered.
	AgentID string
	Result  *TaskResult
}

// TaskFailedEvent says that a task was answered with failure.
type TaskFailedEvent struct {
	TaskID string
	// AgentID is who answered.
	AgentID string
	Result  *TaskResult
	Error   *TaskError
}

// TaskTimedOutEvent says that a task ran out of attempts or time.
type TaskTimedOutEvent struct {
	TaskID string
	Error  *TaskError
}

// TaskCancelledEvent says that a task was called off.
type TaskCancelledEvent struct {
	TaskID string
	// Reason is in words of whoever called it off.
	Reason string
	// Code is for programs: CANCELLED, PARENT_CANCELLED, PARENT_TIMED_OUT, SESSION_COMPLETED or SESSION_TERMINATED.
	Code string
}

// TaskResponseIgnoredEvent says that an answer came for a task that had ended already or was never delegated.
type TaskResponseIgnoredEvent struct {
	TaskID string
	// AgentID is who answered, and MessageID the answer.
	AgentID   string
	MessageID string
}

func (*TaskDelegatedEvent) isEventBody()       {}
func (*TaskDeliveredEvent) isEventBody()       {}
func (*TaskAcceptedEvent) isEventBody()        {}
func (*TaskProgressedEvent) isEventBody()      {}
func (*TaskAttemptFailedEvent) isEventBody()   {}
func (*TaskCompletedEvent) isEventBody()       {}
func (*TaskFailedEvent) isEventBody()          {}
func (*TaskTimedOutEvent) isEventBody()        {}
func (*TaskCancelledEvent) isEventBody()       {}
func (*TaskResponseIgnoredEvent) isEventBody() {}
