package agentbus

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Error says that a call or a message was refused, or that the bus cannot be reached. Everything in this package
// fails with it: take it out of an error by [errors.As], or compare what it says by [errors.Is], which takes a [Code] and a
// [Reason] as well:
//
//	if errors.Is(err, agentbus.ReasonMailboxFull) { … }
type Error struct {
	// Code is the gRPC status. Only Unavailable is worth repeating unchanged.
	Code Code
	// Reason says why, for programs; empty when the bus did not say, as when it cannot be reached.
	Reason Reason
	// Message says why, for people.
	Message string
	// Facts are those that the contract documents for the reason, such as `limit` and `actual`.
	Facts map[string]string

	cause error
}

// Error has the code, the reason if there is one, and the message.
func (e *Error) Error() string {
	var text strings.Builder
	text.WriteString("agentbus: ")
	text.WriteString(string(e.Code))
	if e.Reason != "" {
		fmt.Fprintf(&text, " (%s)", e.Reason)
	}
	text.WriteString(": ")
	text.WriteString(e.Message)
	return text.String()
}

// Unwrap returns what was behind it, such as [context.Canceled].
func (e *Error) Unwrap() error { return e.cause }

// Is says whether target is the error's Code or Reason.
func (e *Error) Is(target error) bool {
	switch target := target.(type) {
	case Code:
		return e.Code == target
	case Reason:
		return e.Reason == target
	}
	return false
}

// Code is a gRPC status by name. It is an error so that errors.Is can look for it.
type Code string

// The codes. `docs/errors.md` says what to do about each.
const (
	Canceled           Code = "CANCELLED"
	Unknown            Code = "UNKNOWN"
	InvalidArgument    Code = "INVALID_ARGUMENT"
	DeadlineExceeded   Code = "DEADLINE_EXCEEDED"
	NotFound           Code = "NOT_FOUND"
	AlreadyExists      Code = "ALREADY_EXISTS"
	PermissionDenied   Code = "PERMISSION_DENIED"
	ResourceExhausted  Code = "RESOURCE_EXHAUSTED"
	FailedPrecondition Code = "FAILED_PRECONDITION"
	Aborted            Code = "ABORTED"
	OutOfRange         Code = "OUT_OF_RANGE"
	Unimplemented      Code = "UNIMPLEMENTED"
	Internal           Code = "INTERNAL"
	Unavailable        Code = "UNAVAILABLE"
	DataLoss           Code = "DATA_LOSS"
	Unauthenticated    Code = "UNAUTHENTICATED"
)

// Error returns the name.
func (c Code) Error() string { return string(c) }

// Reason is why something was refused: a value of the contract's ErrorReason without its prefix. It is an error so
// that errors.Is can look for it.
type Reason string

// Error returns the name.
func (r Reason) Error() string { return string(r) }

// leftError is what fails when the agent leaves.
func leftError() *Error {
	return &Error{Code: Canceled, Message: "the agent has left the bus"}
}

// missingError says that a required field is not there: the bus is at fault.
func missingError(field string) *Error {
	return &Error{Code: Internal, Message: fmt.Sprintf("the bus left the %s out of its answer", field)}
}

// invalidError is for what the program got wrong before the bus could say so.
func invalidError(format string, args ...any) *Error {
	return &Error{Code: InvalidArgument, Message: fmt.Sprintf(format, args...)}
}

// contextError says why ctx ended: that it did, and the cause if somebody gave one. A cause that is an Error is returned as it
// is: a handler's context ends with one.
func contextError(ctx context.Context) *Error {
	cause := context.Cause(ctx)
	var known *Error
	if errors.As(cause, &known) {
		return known
	}
	if cause != ctx.Err() {
		cause = errors.Join(ctx.Err(), cause)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{Code: DeadlineExceeded, Message: "the context's deadline passed", cause: cause}
	}
	return &Error{Code: Canceled, Message: "the context was cancelled", cause: cause}
}
