package agentbus

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// EventQuery says which events of a session to follow; its zero value means all.
type EventQuery struct {
	// After is the sequence of the last event that the caller has.
	After uint64
	Types []EventType
}

// Events follows the session: each event once, in order, across lost connections, until the session has ended. An error
// ends it: one of the bus, such as SESSION_NOT_FOUND, or the context's.
func (s *Session) Events(ctx context.Context, query EventQuery) iter.Seq2[*SessionEvent, error] {
	return func(yield func(*SessionEvent, error) bool) {
		request := &agentbusv1.WatchSessionRequest{SessionId: s.sessionID, AfterSequence: query.After}
		for _, word := range query.Types {
			number, err := eventTypes.number(word)
			if err != nil {
				yield(nil, err)
				return
			}
			request.Types = append(request.Types, agentbusv1.SessionEventType(number))
		}
		if err := s.follow(ctx, request, yield); err != nil {
			yield(nil, err)
		}
	}
}

// follow returns nil when the session has ended, or the caller wants no more. A lost connection is taken up again after
// the last event that was yielded, for as long as it takes.
func (s *Session) follow(
	ctx context.Context, request *agentbusv1.WatchSessionRequest, yield func(*SessionEvent, error) bool,
) error {
	backoff := newWaits(s.calls.backoff)
	for {
		err := s.watchOnce(ctx, request, backoff, yield)
		if !errors.Is(err, Unavailable) {
			return err
		}
		if !s.calls.sleep(ctx, backoff.next()) {
			return s.calls.errorOf(ctx, err)
		}
	}
}

// watchOnce follows by one stream. It is broken off when nothing comes for so long that the connection must be dead; no
// timer runs while the caller is busy with an event, for which it may take its time.
func (s *Session) watchOnce(
	ctx context.Context, request *agentbusv1.WatchSessionRequest, backoff *waits, yield func(*SessionEvent, error) bool,
) error {
	streaming, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(watchSilence, func() {
		cancel(goneError(s.calls.address, "was silent while the session was followed"))
	})
	defer silence.Stop()
	stream, err := s.sessions.WatchSession(streaming, request)
	if err != nil {
		return s.watchError(ctx, streaming, err)
	}
	for isOpen := false; ; isOpen = true {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			// The bus ends the stream itself only with the session, whose last event a filter may hide.
			return nil
		}
		if err != nil {
			return s.watchError(ctx, streaming, err)
		}
		silence.Stop()
		event := response.GetEvent()
		// The first response only opens the stream: it is no sign that the stream holds.
		if isOpen || event != nil {
			backoff.reset()
		}
		if event.GetSequence() > request.GetAfterSequence() {
			request.AfterSequence = event.GetSequence()
			if !yield(newSessionEvent(event), nil) || endsSession(event) {
				return nil
			}
		}
		silence.Reset(watchSilence)
	}
}

func (s *Session) watchError(ctx, streaming context.Context, err error) error {
	if ctx.Err() == nil && streaming.Err() != nil {
		return contextError(streaming)
	}
	return s.calls.errorOf(ctx, err)
}
