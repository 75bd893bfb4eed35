package agentbus

import (
	"context"
	"sync"
)

// lifecycle is what the program is told of the life of its agent.
type lifecycle struct {
	onStatus func(Status)
	// welcomed is closed with the first welcome, done when the agent is off the bus for good.
	welcomed chan struct{}
	done     chan struct{}

	mu     sync.Mutex
	status Status
	// untold are statuses that onStatus has yet to hear of; isTelling says that somebody is at it.
	untold     []Status
	isTelling  bool
	isObserved bool
	isWelcomed bool
	err        *Error
}

func newLifecycle(onStatus func(Status)) *lifecycle {
	return &lifecycle{
		onStatus:   onStatus,
		welcomed:   make(chan struct{}),
		done:       make(chan struct{}),
		status:     Status{State: StateConnecting},
		isObserved: onStatus != nil,
	}
}

// set changes the status, unless the agent is past it: a final status stays, and one that leaves only comes to its end,
// whatever becomes of its streams.
func (l *lifecycle) set(status Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.status.State
	if now.isFinal() || (now == StateDraining && !status.State.isFinal()) {
		return
	}
	l.change(status)
}

// refused notes that the bus refused a frame that was no message.
func (l *lifecycle) refused(err *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.status.State == StateOnline {
		status := l.status
		status.Err = err
		l.change(status)
	}
}

// change is called with the lock held. Whoever comes first tells the program, in order and outside of the lock, so that onStatus
// may call the agent.
func (l *lifecycle) change(status Status) {
	l.status = status
	if l.onStatus == nil {
		return
	}
	l.untold = append(l.untold, status)
	if l.isTelling {
		return
	}
	l.isTelling = true
	for len(l.untold) > 0 {
		next := l.untold[0]
		l.untold = l.untold[1:]
		l.tell(next)
	}
	l.isTelling = false
}

func (l *lifecycle) tell(status Status) {
	l.mu.Unlock()
	defer l.mu.Lock()
	l.onStatus(status)
}

func (l *lifecycle) current() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

// welcome notes the first welcome.
func (l *lifecycle) welcome() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isWelcomed {
		l.isWelcomed = true
		close(l.welcomed)
	}
}

// finish notes that the agent is off the bus for good; says whether nobody watches it.
func (l *lifecycle) finish(err *Error) (isUnobserved bool) {
	status := Status{State: StateClosed}
	if err != nil {
		status = Status{State: StateFailed, Err: err}
		if err.Reason == ReasonStreamFenced {
			status.State = StateFenced
		}
	}
	l.mu.Lock()
	l.err = err
	isUnobserved = err != nil && !l.isObserved
	l.mu.Unlock()
	l.set(status)
	close(l.done)
	return isUnobserved
}

func (l *lifecycle) observe() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isObserved = true
}

// outcome is why the agent ended, once it is done; nil if it left as it was told to.
func (l *lifecycle) outcome() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		return nil
	}
	return l.err
}

// ready waits for the first welcome.
func (l *lifecycle) ready(ctx context.Context) error {
	l.observe()
	select {
	case <-l.welcomed:
		return nil
	case <-l.done:
	case <-ctx.Done():
		return contextError(ctx)
	}
	select {
	case <-l.welcomed:
		return nil
	default:
	}
	if err := l.outcome(); err != nil {
		return err
	}
	return leftError()
}
