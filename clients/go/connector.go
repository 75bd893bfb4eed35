package agentbus

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// connector keeps one stream open after the other, until the agent has left or is refused.
type connector struct {
	address        string
	connectTimeout time.Duration
	backoff        *waits
	lifecycle      *lifecycle
	open           func(context.Context) (busStream, error)
	newStream      func() *stream
	// isQuiet says whether nothing is being worked on, sent or settled.
	isQuiet func() bool

	// life ends when the agent is not to connect any more, whatever is unfinished.
	life    context.Context
	endLife context.CancelCauseFunc
	// left is closed when the agent is leaving and nothing is left to do.
	left chan struct{}
	// stream is nil between two streams.
	stream atomic.Pointer[stream]
	// isLeaving says whether the agent takes no more work.
	isLeaving atomic.Bool
	// isReopening says whether another stream is wanted once all is quiet.
	isReopening atomic.Bool

	mu     sync.Mutex
	isOver bool
	// reopenIn is the wait before another stream, if somebody asked for one.
	reopenIn *time.Duration
}

// errNotWelcomed ends the life of an agent that has not been welcomed in time.
var errNotWelcomed = &Error{Code: Unavailable, Message: "the bus did not welcome the agent in time"}

// run returns when the agent has left, with the error for which it could not stay.
func (c *connector) run() *Error {
	defer c.guardConnecting()()
	var last *Error
	for !c.isDone() {
		c.lifecycle.set(Status{State: StateConnecting})
		err := c.runStream()
		switch {
		case c.isDone():
			return nil
		case c.life.Err() != nil:
			return c.lifeError(last)
		case err != nil && err.isFinal():
			return err
		}
		last = err
		c.pause(err)
		if c.life.Err() != nil {
			return c.lifeError(last)
		}
	}
	return nil
}

// guardConnecting bounds the time until the first welcome; returns what ends the guard.
func (c *connector) guardConnecting() func() {
	if c.connectTimeout < 0 {
		return func() {}
	}
	timer := time.AfterFunc(c.connectTimeout, func() {
		select {
		case <-c.lifecycle.welcomed:
		default:
			c.endLife(errNotWelcomed)
		}
	})
	return func() { timer.Stop() }
}

// lifeError is nil for an agent whose time to leave was over.
func (c *connector) lifeError(last *Error) *Error {
	if context.Cause(c.life) != errNotWelcomed {
		return nil
	}
	if last == nil {
		last = goneError(c.address, "does not answer")
	}
	return &Error{
		Code:    Unavailable,
		Message: fmt.Sprintf("not welcomed within %v: %s", c.connectTimeout, last.Message),
		cause:   last,
	}
}

func (c *connector) runStream() *Error {
	ctx, abort := context.WithCancelCause(c.life)
	defer abort(nil)
	stream := c.newStream()
	stream.abort = abort
	c.stream.Store(stream)
	// The agent may have got ready to leave before anybody could tell this stream.
	c.changed()
	err := stream.run(ctx, c.open)
	c.stream.Store(nil)
	if stream.hasHeldFor(healthyStream) {
		c.backoff.reset()
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return contextError(ctx)
	default:
		return errorOf(err, c.address)
	}
}

func (c *connector) pause(err *Error) {
	c.mu.Lock()
	wait := c.reopenIn
	c.reopenIn = nil
	c.isReopening.Store(false)
	c.mu.Unlock()
	if wait == nil {
		next := c.backoff.next()
		wait = &next
	}
	c.lifecycle.set(Status{State: StateWaiting, RetryIn: *wait, Err: err})
	timer := time.NewTimer(*wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.left:
	case <-c.life.Done():
	}
}

// changed says that there is something to say, or less to wait for.
func (c *connector) changed() {
	stream := c.stream.Load()
	if stream != nil {
		stream.wake()
	}
	if (c.isLeaving.Load() || c.isReopening.Load()) && c.isQuiet() {
		c.conclude(stream)
	}
}

// conclude ends a stream that has nothing left to do, and for an agent that leaves all of it.
func (c *connector) conclude(stream *stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stream != nil {
		stream.end()
	}
	if c.isLeaving.Load() && !c.isOver {
		c.isOver = true
		close(c.left)
	}
}

// isDone stays true: who has left does not come back for a message that was sent a moment too late.
func (c *connector) isDone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.isOver
}

// reconnect opens another stream when this one has nothing left to do or has ended, after a while.
func (c *connector) reconnect(after time.Duration) {
	c.mu.Lock()
	c.reopenIn = &after
	c.isReopening.Store(true)
	c.mu.Unlock()
	c.changed()
}

// leave takes no more work, and leaves when nothing is left to do.
func (c *connector) leave() {
	c.isLeaving.Store(true)
	c.lifecycle.set(Status{State: StateDraining})
	c.changed()
}

// giveUp leaves at once, whatever is unfinished.
func (c *connector) giveUp() {
	c.endLife(leftError())
}
