package agentbus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// outlet is what the agent offers its handlers.
type outlet interface {
	// send sends a message of the program, unless the run's task was taken away.
	send(ctx context.Context, run *run, message OutgoingMessage) (*Sent, error)
	// respond sends the answer to a task.
	respond(message OutgoingMessage) error
	watch(ctx context.Context, sessionID string, after uint64) iter.Seq2[*SessionEvent, error]
}

// handling has messages handled by the program, and says what becomes of them.
type handling struct {
	onTask    TaskHandler
	onMessage MessageHandler
	backoff   Backoff
	logger    *slog.Logger
}

// handle turns a panic into an error: one bad message must not take down the handlers of all others. That goes for the handler
// and for what it hands over: a result may panic as it is encoded, and a nil pointer among errors as it is read.
func (h *handling) handle(run *run) (outcome disposition) {
	message := newMessage(run.delivery)
	message.run = run
	defer func() {
		if value := recover(); value != nil {
			// The stack is for the log, the text for whoever asked.
			h.logger.Error("a handler panicked", "message_id", message.ID, "sender", message.Sender,
				"panic", value, "stack", string(debug.Stack()))
			outcome = h.failed(message, &panicError{value: value})
		}
	}()
	result, err := Content(nil), error(nil)
	switch {
	case run.isTask() && h.onTask != nil:
		result, err = h.onTask(run.ctx, &Task{Message: *message})
	case run.isTask() || h.onMessage == nil:
		// Rule and wording are the same in every language: whoever reads the dead letters may look for them.
		return disposition{kind: drop, reason: "the agent has no handler for " + typeText(run.delivery)}
	default:
		err = h.onMessage(run.ctx, message)
	}
	switch {
	case err != nil:
		return h.failed(message, err)
	case run.isTask():
		return h.respond(message, result)
	default:
		return disposition{kind: acknowledge}
	}
}

// failed is for a message whose handler returned an error.
func (h *handling) failed(message *Message, err error) disposition {
	if back, ok := givenBack(err, message.run); ok {
		return back
	}
	if message.run.isTask() {
		return h.respond(message, failure(err))
	}
	return disposition{kind: requeue, delay: requeueDelay(message.Attempt), reason: textOf(err)}
}

// typeText is the number of a type that this client does not know.
func typeText(delivery *agentbusv1.Delivery) string {
	number := int32(delivery.GetMessage().GetMessageType())
	return cmp.Or(string(messageTypes.word(number)), strconv.Itoa(int(number)))
}

// requeueDelay doubles with each delivery.
func requeueDelay(attempt int) time.Duration {
	delay := firstRequeue
	for ; attempt > 1 && delay < lastRequeue; attempt-- {
		delay *= 2
	}
	return min(delay, lastRequeue)
}

// givenBack is for what was not refused but could not be done now, or not here.
func givenBack(err error, run *run) (disposition, bool) {
	var later *retryLaterError
	if errors.As(err, &later) {
		return disposition{kind: requeue, delay: later.delay, reason: later.reason}, true
	}
	var rejected *rejectError
	if errors.As(err, &rejected) {
		return disposition{kind: drop, reason: rejected.reason}, true
	}
	if run.ctx.Err() != nil {
		return disposition{kind: requeue, reason: "the agent left"}, true
	}
	return disposition{}, false
}

// panicError is what a handler's panic fails its message with.
type panicError struct {
	value any
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }
