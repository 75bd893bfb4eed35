package agentbus

import (
	"context"
	"time"
)

// TaskHandler does a task. What it returns becomes the response: [JSON], [Data], or nil for nothing. An error, or a
// panic, becomes a response that says that the task failed, except those of [RetryLater] and [Reject].
//
// The task is acknowledged once its response is on disk. A crash in between delivers it again: work that must not happen
// twice keeps a record under task.ID.
//
// The context ends when the agent closes or loses its place, and when the task is taken away; nothing that the handler does
// after that is sent. [context.Cause] is an [*Error] then: with the reason TASK_CANCELLED if the task was called
// off, with none if the attempt timed out or somebody else is asked; its fact `cause` is the bus's word for it, where the bus
// said one. Of several processes of one agent only one gets the news. The others are told when they ask for
// more time: after a third of the lease, or of the heartbeat interval, at the latest.
type TaskHandler func(ctx context.Context, task *Task) (Content, error)

// MessageHandler takes a message that is not a task. It is acknowledged when the handler returns nil. After an
// error, or a panic, the message comes again after a delay that grows with each delivery, or that [RetryLater] says.
//
// The context ends when the agent closes or loses its place.
type MessageHandler func(ctx context.Context, message *Message) error

// RetryLater is for a handler to return that cannot do its work now: the message goes back to the mailbox for delay, 0
// to a day, and comes again, to this or another instance. Each time counts as a delivery, of which a message has five.
func RetryLater(delay time.Duration, reason string) error {
	return &retryLaterError{delay: min(max(delay, 0), maxRequeueDelay), reason: reason}
}

// Reject is for a handler to return that will never do its work: the message goes to the dead letters with the
// reason, and a task's attempt has failed, so that the next fallback agent is asked.
func Reject(reason string) error {
	return &rejectError{reason: reason}
}

type retryLaterError struct {
	delay  time.Duration
	reason string
}

func (e *retryLaterError) Error() string { return "retry later: " + e.reason }

type rejectError struct {
	reason string
}

func (e *rejectError) Error() string { return "rejected: " + e.reason }

// Receipt is what became of a message that asked for it.
type Receipt struct {
	MessageID string
	// Recipient is the agent whose mailbox it went to.
	Recipient string
	State     MessageState
	// Time is by the clock of the bus.
	Time time.Time
	// Attempt counts the deliveries so far.
	Attempt int
	// Reason says why, for MessageExpired, MessageDeadLettered and MessageWithdrawn.
	Reason string
}
