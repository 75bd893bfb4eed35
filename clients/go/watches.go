package agentbus

import (
	"context"
	"iter"
	"sync"
	"unicode/utf8"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// Watch follows a session over the agent's stream: each event after that sequence (0 for all) once, in order, across lost
// connections, until the session has ended. An error ends it: one of the bus, such as SESSION_NOT_FOUND, the context's, or
// CANCELLED when the agent leaves.
func (a *Agent) Watch(ctx context.Context, sessionID string, after uint64) iter.Seq2[*SessionEvent, error] {
	return func(yield func(*SessionEvent, error) bool) {
		if sessionID == "" || !utf8.ValidString(sessionID) {
			// The bus could not say which watch it refuses.
			yield(nil, invalidError("there is no session %q to follow", sessionID))
			return
		}
		a.watches.follow(ctx, &watcher{sessionID: sessionID, last: after, wakeup: make(chan struct{}, 1)}, yield)
	}
}

// watches are the sessions that the agent follows over its stream. Watchers of the same session share one watch of the
// bus, which starts at the one that is furthest behind; each takes only the event that follows its last one, so a repeated
// event is skipped and a watcher that was too slow, or lost its stream, continues where it was.
type watches struct {
	changed func()

	mu       sync.Mutex
	watchers map[*watcher]struct{}
	// due are sessions whose watch is to be started, moved or stopped.
	due  map[string]struct{}
	over *Error
}

// watcher is one reader of one session.
type watcher struct {
	sessionID string
	wakeup    chan struct{}
	// last is the sequence of the last event that was buffered.
	last   uint64
	buffer []*agentbusv1.SessionEvent
	// isBehind says whether events were missed, as the buffer was full.
	isBehind bool
	err      *Error
}

func newWatches(changed func()) *watches {
	return &watches{changed: changed, watchers: map[*watcher]struct{}{}, due: map[string]struct{}{}}
}

func (w *watches) follow(ctx context.Context, watcher *watcher, yield func(*SessionEvent, error) bool) {
	w.add(watcher)
	defer w.remove(watcher)
	for {
		event, err := w.take(watcher)
		switch {
		case event != nil:
			if !yield(newSessionEvent(event), nil) || endsSession(event) {
				return
			}
		case err != nil:
			yield(nil, err)
			return
		default:
			select {
			case <-watcher.wakeup:
			case <-ctx.Done():
				yield(nil, contextError(ctx))
				return
			}
		}
	}
}

func (w *watches) add(watcher *watcher) {
	w.mu.Lock()
	watcher.err = w.over
	w.watchers[watcher] = struct{}{}
	w.due[watcher.sessionID] = struct{}{}
	w.mu.Unlock()
	w.changed()
}

func (w *watches) remove(watcher *watcher) {
	w.mu.Lock()
	delete(w.watchers, watcher)
	if _, isWatched := w.cursor(watcher.sessionID); !isWatched {
		w.due[watcher.sessionID] = struct{}{}
	}
	w.mu.Unlock()
	w.changed()
}

// take is the next event, or the error after the last one, or neither if there is none yet.
func (w *watches) take(watcher *watcher) (*agentbusv1.SessionEvent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(watcher.buffer) > 0 {
		event := watcher.buffer[0]
		watcher.buffer = watcher.buffer[1:]
		return event, nil
	}
	if watcher.err != nil {
		return nil, watcher.err
	}
	if watcher.isBehind {
		watcher.isBehind = false
		w.due[watcher.sessionID] = struct{}{}
		w.changed()
	}
	return nil, nil
}

// receive takes news of the bus.
func (w *watches) receive(events []*agentbusv1.SessionEvent) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, event := range events {
		for watcher := range w.watchers {
			watcher.offer(event)
		}
	}
}

func (w *watcher) offer(event *agentbusv1.SessionEvent) {
	if w.sessionID != event.GetSessionId() || event.GetSequence() != w.last+1 || w.isBehind {
		return
	}
	if len(w.buffer) >= maxBufferedEvents {
		w.isBehind = true
		return
	}
	w.buffer = append(w.buffer, event)
	w.last = event.GetSequence()
	w.wake()
}

func (w *watcher) wake() {
	select {
	case w.wakeup <- struct{}{}:
	default:
	}
}

// refuse says that the bus does not let this session be followed.
func (w *watches) refuse(sessionID string, err *Error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for watcher := range w.watchers {
		if watcher.sessionID == sessionID {
			watcher.err = err
			watcher.wake()
		}
	}
}

// fail says that the agent is leaving: whoever follows a session is told so.
func (w *watches) fail(err *Error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = err
	for watcher := range w.watchers {
		watcher.err = err
		watcher.wake()
	}
}

func (w *watches) online() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.due)
	for watcher := range w.watchers {
		w.due[watcher.sessionID] = struct{}{}
	}
}

func (w *watches) offline() {}

func (w *watches) next() *agentbusv1.AgentStreamRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	for sessionID := range w.due {
		delete(w.due, sessionID)
		after, isWatched := w.cursor(sessionID)
		if !isWatched {
			unwatch := &agentbusv1.UnwatchFrame{SessionId: sessionID}
			return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Unwatch{Unwatch: unwatch}}
		}
		watch := &agentbusv1.WatchFrame{SessionId: sessionID, AfterSequence: after}
		return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Watch{Watch: watch}}
	}
	return nil
}

// cursor is where the watcher of a session is that is furthest behind; not ok if nobody follows it.
func (w *watches) cursor(sessionID string) (after uint64, ok bool) {
	for watcher := range w.watchers {
		if watcher.sessionID == sessionID && (!ok || watcher.last < after) {
			after, ok = watcher.last, true
		}
	}
	return after, ok
}
