package agentbus

// MessageType is what a message means to the bus. Empty for a type that this client does not know.
type MessageType string

// The types of messages.
const (
	// TypeTaskRequest is a piece of work; its id becomes the task's id.
	TypeTaskRequest MessageType = "TASK_REQUEST"
	// TypeTaskResponse is the end of the task that its correlation id names.
	TypeTaskResponse MessageType = "TASK_RESPONSE"
	// TypeStatusUpdate is progress on the task that its correlation id names.
	TypeStatusUpdate MessageType = "STATUS_UPDATE"
	// TypeError is news that something went wrong.
	TypeError MessageType = "ERROR"
	// TypeHeartbeat is a sign of life for another agent to see.
	TypeHeartbeat MessageType = "HEARTBEAT"
	// TypeNotification is anything else worth telling.
	TypeNotification MessageType = "NOTIFICATION"
)

// Priority is how urgent a message is among those that wait in one mailbox.
type Priority string

// The priorities, the least urgent first. Medium is the default.
const (
	PriorityLow      Priority = "LOW"
	PriorityMedium   Priority = "MEDIUM"
	PriorityHigh     Priority = "HIGH"
	PriorityCritical Priority = "CRITICAL"
)

// Growth is how the wait before a retry grows.
type Growth string

// The growths. None is the default.
const (
	// GrowthNone retries at once.
	GrowthNone Growth = "NONE"
	// GrowthLinear waits n times the initial delay before the n-th retry.
	GrowthLinear Growth = "LINEAR"
	// GrowthExponential waits twice as long before each retry.
	GrowthExponential Growth = "EXPONENTIAL"
)

// ReplyMode is where the answer to a task, reports of its progress and the bus's own news about it go.
type ReplyMode string

// The reply modes.
const (
	// ReplyToMailbox is the mailbox of whoever asked, and the session's events.
	ReplyToMailbox ReplyMode = "MAILBOX"
	// ReplyToSession is the session's events and the task's record alone, for whoever reads no mailbox.
	ReplyToSession ReplyMode = "SESSION"
)

// MessageState is where a message is on its way.
type MessageState string

// The states of messages.
const (
	// MessageQueued is on disk, waiting in the recipient's mailbox.
	MessageQueued MessageState = "QUEUED"
	// MessageDelivered is handed to the recipient, who has not settled it yet.
	MessageDelivered MessageState = "DELIVERED"
	// MessageAcknowledged is settled by the recipient: done.
	MessageAcknowledged MessageState = "ACKNOWLEDGED"
	// MessageExpired is past its time before it was settled.
	MessageExpired MessageState = "EXPIRED"
	// MessageDeadLettered is given up: rejected for good, or delivered too often without an acknowledgement.
	MessageDeadLettered MessageState = "DEAD_LETTERED"
	// MessageWithdrawn is taken back by the bus before it was settled: its task ended, or somebody else is asked.
	MessageWithdrawn MessageState = "WITHDRAWN"
)
