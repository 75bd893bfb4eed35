package agentbus

import (
	"sync/atomic"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// lane is a source of frames for the stream. It keeps what is to be said and puts it into a frame only when the stream can
// take one, so that what piles up while the stream is busy travels together. Lanes are called by one stream at a time.
type lane interface {
	// online says that a stream is welcomed, on which nothing was said yet.
	online()
	// offline says that the stream is gone, with whatever was unanswered on it.
	offline()
	// next is the next frame, or nil if there is nothing to say.
	next() *agentbusv1.AgentStreamRequest
}

// onceLane says one kind of frame when it is asked to: once, however often it is asked before a stream takes it.
type onceLane struct {
	due atomic.Bool
	// frame is called when the stream takes the frame, so that it tells the newest facts.
	frame func() *agentbusv1.AgentStreamRequest
}

func (l *onceLane) ask() { l.due.Store(true) }

// What was asked for between two streams is said on the next one.
func (l *onceLane) online()  {}
func (l *onceLane) offline() {}

func (l *onceLane) next() *agentbusv1.AgentStreamRequest {
	if !l.due.Swap(false) {
		return nil
	}
	return l.frame()
}
