package agentbus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Goal: what the bus said is told from what a broken connection looks like. Method: statuses with and without ErrorInfo.
func TestErrorOfStatus(t *testing.T) {
	for _, test := range []struct {
		code   codes.Code
		reason string
		want   Code
	}{
		{codes.Aborted, "STREAM_FENCED", Aborted},
		{codes.Internal, "INTERNAL", Internal},
		{codes.Unauthenticated, "", Unauthenticated},
		{codes.DeadlineExceeded, "", DeadlineExceeded},
		{codes.Aborted, "", Unavailable},
		{codes.Canceled, "", Unavailable},
		{codes.Internal, "", Unavailable},
		{codes.Unknown, "", Unavailable},
		{codes.DataLoss, "", Unavailable},
	} {
		t.Run(fmt.Sprint(test.code, test.reason), func(t *testing.T) {
			said := status.New(test.code, "so it is")
			if test.reason != "" {
				info := &errdetails.ErrorInfo{Reason: test.reason, Metadata: map[string]string{"a": "b"}}
				said, _ = said.WithDetails(info)
			}
			err := errorOf(said.Err(), "http://bus")
			if err.Code != test.want || string(err.Reason) != test.reason || !strings.Contains(err.Message, "so it is") {
				t.Errorf("got %v", err)
			}
			if test.reason != "" && err.Facts["a"] != "b" {
				t.Errorf("the facts are %v", err.Facts)
			}
			if test.reason == "" && !strings.Contains(err.Message, "http://bus") {
				t.Errorf("the address is not in %q", err.Message)
			}
		})
	}
}

// Goal: programs branch by errors.Is and errors.As through whatever was wrapped around. Method: one error, wrapped.
func TestErrorIs(t *testing.T) {
	err := fmt.Errorf("asking: %w", &Error{Code: ResourceExhausted, Reason: ReasonMailboxFull, Message: "full"})
	var known *Error
	if !errors.Is(err, ReasonMailboxFull) || !errors.Is(err, ResourceExhausted) || !errors.As(err, &known) {
		t.Errorf("%v is not what it is", err)
	}
	if errors.Is(err, ReasonKeyInvalid) || errors.Is(err, Unavailable) {
		t.Errorf("%v is what it is not", err)
	}
}

// Goal: a call that its own context ended says so in Go's words and in the contract's. Method: both ways to end.
func TestContextError(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := contextError(cancelled); !errors.Is(err, context.Canceled) || !errors.Is(err, Canceled) {
		t.Errorf("got %v", err)
	}
	late, cancel := context.WithTimeout(t.Context(), -1)
	defer cancel()
	if err := contextError(late); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	why := errors.New("the user left")
	explained, explain := context.WithCancelCause(t.Context())
	explain(why)
	if err := contextError(explained); !errors.Is(err, context.Canceled) || !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	withdrawn, withdraw := context.WithCancelCause(t.Context())
	withdraw(takenAwayError("t"))
	if err := contextError(withdrawn); err.Facts["task_id"] != "t" {
		t.Errorf("got %v", err)
	}
}
