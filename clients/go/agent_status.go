package agentbus

import "time"

// Status is where an agent stands.
type Status struct {
	State State
	// ConnectionID names the stream in the bus's log. Only in StateOnline.
	ConnectionID string
	// RetryIn is the wait before another stream is opened. Only in StateWaiting.
	RetryIn time.Duration
	// Err is why, in StateWaiting, StateFenced and StateFailed. In StateOnline the bus refused a frame that was no
	// message, and goes on.
	Err *Error
}

// State is one word for where an agent stands.
type State string

// The states. StateClosed, StateFenced and StateFailed are final.
const (
	// StateConnecting opens a stream.
	StateConnecting State = "connecting"
	// StateOnline is welcomed by the bus.
	StateOnline State = "online"
	// StateWaiting has lost its stream and will open another one after a wait.
	StateWaiting State = "waiting"
	// StateDraining takes no more work and finishes what it has.
	StateDraining State = "draining"
	// StateClosed has left as it was told to.
	StateClosed State = "closed"
	// StateFenced has lost its place to another process of the same instance id.
	StateFenced State = "fenced"
	// StateFailed is refused by the bus, or has not reached it in time.
	StateFailed State = "failed"
)

func (s State) isFinal() bool {
	return s == StateClosed || s == StateFenced || s == StateFailed
}

// isFinal says whether the error that ended a stream ends the agent: trying again would change nothing.
func (e *Error) isFinal() bool {
	switch e.Code {
	case Unauthenticated, PermissionDenied, InvalidArgument, FailedPrecondition, NotFound, Unimplemented:
		return true
	default:
		return e.Reason == ReasonStreamFenced
	}
}
