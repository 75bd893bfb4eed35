package agentbus

import (
	"errors"
	"reflect"
	"unicode"
	"unicode/utf8"
)

// respond acknowledges a task only when its response is on disk, so that a crash in between delivers the task again and no
// answer is lost. A response that the bus refuses is followed by one that says so; a task that cannot be answered
// at all goes to the dead letters.
func (h *handling) respond(task *Message, content Content) disposition {
	refusal := h.sendResponse(task, content)
	if refusal == nil {
		return disposition{kind: acknowledge}
	}
	if task.run.withdrawn.Load() != nil {
		return disposition{kind: leaveAlone}
	}
	if task.run.ctx.Err() != nil {
		return disposition{kind: requeue, reason: "the agent left before its response was on disk"}
	}
	if err := h.sendResponse(task, failure(refusal)); err != nil {
		return disposition{kind: drop, reason: "the response was refused: " + textOf(refusal)}
	}
	return disposition{kind: acknowledge}
}

func (h *handling) sendResponse(task *Message, content Content) error {
	backoff := newWaits(h.backoff)
	response := task.inherit(OutgoingMessage{
		To:            AgentID(task.Sender),
		Type:          TypeTaskResponse,
		CorrelationID: task.ID,
		Content:       content,
	})
	for {
		if err := task.run.withdrawn.Load(); err != nil {
			return err
		}
		err := task.run.outlet.respond(response)
		// The work is done and may have been dear: its result waits for room, where a refusal would repeat the work.
		if !isFull(err) || !sleep(task.run.ctx, backoff.next()) {
			return err
		}
	}
}

// isFull says whether there is no room just now: in the delegator's mailbox, or among what this agent has unanswered,
// which is the only other thing to run out that has no reason of the bus.
func isFull(err error) bool {
	var known *Error
	return errors.As(err, &known) && known.Code == ResourceExhausted &&
		(known.Reason == ReasonMailboxFull || known.Reason == "")
}

// failure is what the bus reads as the end of a task without success.
func failure(err error) JSON {
	return JSON{
		"status": "failed",
		"error":  JSON{"reason": reasonOf(err), "message": textOf(err)},
	}
}

// textOf leaves the code and the reason of an Error out, which have fields of their own, and mends what is not UTF-8.
func textOf(err error) string {
	text := err.Error()
	if known, ok := err.(*Error); ok {
		text = known.Message
	}
	return withinBytes(text, maxFailureBytes)
}

// reasonOf is the reason of a bus error, or else its status; the name of the first exported type among other errors
// and those that they wrap; or `failed`, since most errors of Go have no type to tell them by.
func reasonOf(err error) string {
	var known *Error
	if errors.As(err, &known) {
		if known.Reason != "" {
			return string(known.Reason)
		}
		return string(known.Code)
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		return "panic"
	}
	for ; err != nil; err = errors.Unwrap(err) {
		if name := typeName(err); name != "" {
			return name
		}
	}
	return "failed"
}

// typeName is the name of an error's type if it is exported.
func typeName(err error) string {
	kind := reflect.TypeOf(err)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if first, _ := utf8.DecodeRuneInString(kind.Name()); !unicode.IsUpper(first) {
		return ""
	}
	return kind.Name()
}
