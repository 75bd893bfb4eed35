package agentbus

import (
	"context"
	"errors"
	"strings"
	"time"

	// Registers the methods whose options are looked up here.
	_ "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// calls makes single calls end in time, fail with an Error, and repeats them while the bus is unavailable if the contract
// says that the method may be repeated.
//
// It is what the generated clients call by, a grpc.ClientConnInterface.
type calls struct {
	*link
	address string
	backoff Backoff
	// closed ends when the client closes.
	closed context.Context
}

// once marks a call that somebody else repeats, and that says itself how long it may take.
type once struct{ grpc.EmptyCallOption }

// Invoke makes a call, and makes it again if it may.
func (c *calls) Invoke(ctx context.Context, method string, request, reply any, options ...grpc.CallOption) error {
	if isOnce(options) {
		return c.errorOf(ctx, c.link.Invoke(ctx, method, request, reply, options...))
	}
	attempts := 1
	if isRepeatable(method) {
		attempts = maxCallAttempts
	}
	backoff := newWaits(c.backoff)
	for attempt := 1; ; attempt++ {
		bounded, cancel := context.WithTimeout(ctx, callTimeout)
		err := c.errorOf(ctx, c.link.Invoke(bounded, method, request, reply, options...))
		cancel()
		if attempt >= attempts || !errors.Is(err, Unavailable) {
			return err
		}
		if !c.sleep(ctx, backoff.next()) {
			return c.errorOf(ctx, err)
		}
	}
}

// sleep waits, unless the caller or the client ends it first; says whether it slept to the end.
func (c *calls) sleep(ctx context.Context, wait time.Duration) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(c.closed, cancel)
	defer stop()
	return sleep(ctx, wait)
}

// errorOf says what a call failed with: that its caller or the client itself ended it goes before what it looks like.
func (c *calls) errorOf(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	said := errorOf(err, c.address)
	// What the bus said with a reason it said, even if the time was over by then.
	if said.Reason != "" {
		return said
	}
	if ctx.Err() != nil {
		return contextError(ctx)
	}
	if c.closed.Err() != nil {
		return contextError(c.closed)
	}
	return said
}

func isOnce(options []grpc.CallOption) bool {
	for _, option := range options {
		if _, ok := option.(once); ok {
			return true
		}
	}
	return false
}

// isRepeatable says whether the contract calls a method such as /agentbus.v1.SessionService/GetTask free of side effects or
// idempotent.
func isRepeatable(method string) bool {
	name := strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", ".")
	descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return false
	}
	options, ok := descriptor.Options().(*descriptorpb.MethodOptions)
	return ok && options.GetIdempotencyLevel() != descriptorpb.MethodOptions_IDEMPOTENCY_UNKNOWN
}
