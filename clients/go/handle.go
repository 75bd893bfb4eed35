package agentbus

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime/debug"
	"time"
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

func (h *handling) handle(run *run) disposition {
	message := newMessage(run.delivery)
	message.run = run
	switch {
	case run.isTask() && h.onTask != nil:
		return h.handleTask(&Task{Message: *message})
	case run.isTask() || h.onMessage == nil:
		// Rule and wording are the same in every language: whoever reads the dead letters may look for them.
		return disposition{kind: drop, reason: fmt.Sprintf("the agent has no handler for %s", message.Type)}
	default:
		return h.handleMessage(message)
	}
}

func (h *handling) handleMessage(message *Message) disposition {
	_, err := h.guard(message, func() (Content, error) {
		return nil, h.onMessage(message.run.ctx, message)
	})
	if err == nil {
		return disposition{kind: acknowledge}
	}
	if back, ok := givenBack(err, message.run); ok {
		return back
	}
	return disposition{kind: requeue, delay: requeueDelay(message.Attempt), reason: textOf(err)}
}

// requeueDelay doubles with each delivery.
func requeueDelay(attempt int) time.Duration {
	delay := firstRequeue
	for ; attempt > 1 && delay < lastRequeue; attempt-- {
		delay *= 2
	}
	return min(delay, lastRequeue)
}

func (h *handling) handleTask(task *Task) disposition {
	result, err := h.guard(&task.Message, func() (Content, error) {
		return h.onTask(task.run.ctx, task)
	})
	if err == nil {
		return h.respond(task, result)
	}
	if back, ok := givenBack(err, task.run); ok {
		return back
	}
	return h.respond(task, failure(err))
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

// guard turns a panic into an error: one bad message must not take down the handlers of all others. Their stack is for
// the log, the text for whoever asked.
func (h *handling) guard(message *Message, handler func() (Content, error)) (result Content, err error) {
	defer func() {
		if value := recover(); value != nil {
			h.logger.Error("a handler panicked", "message_id", message.ID, "sender", message.Sender,
				"panic", value, "stack", string(debug.Stack()))
			err = &panicError{value: value}
		}
	}()
	return handler()
}
