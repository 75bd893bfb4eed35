package agentbus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// busStream is one AgentStream of the contract.
type busStream interface {
	Send(*agentbusv1.AgentStreamRequest) error
	Recv() (*agentbusv1.AgentStreamResponse, error)
	// CloseSend ends the agent's side.
	CloseSend() error
}

// stream is one stream, from hello to its end. The goroutine that runs it reads; another one writes what the lanes have to
// say, so that reading never waits for writing; a third one watches the time.
type stream struct {
	address string
	hello   *agentbusv1.AgentStreamRequest
	// lanes, the earlier ones going first.
	lanes []lane
	// welcomed is called when the bus has welcomed the agent and the lanes have been told, with the lease of its deliveries.
	welcomed func(connectionID string, lease time.Duration)
	// received is called with any later frame. It must not block.
	received func(*agentbusv1.AgentStreamResponse)
	// beat is called when a third of the heartbeat interval or of the lease has passed, whichever is shorter.
	beat func()

	// abort breaks the stream off.
	abort  context.CancelCauseFunc
	wakeup chan struct{}
	pace   chan pace
	// heardAt is when something last came from the bus, and welcomedAt when it began to, both counted from start.
	start      time.Time
	heardAt    atomic.Int64
	welcomedAt atomic.Int64
	isOpen     atomic.Bool
	isEnding   atomic.Bool
	farewell   atomic.Pointer[time.Timer]
}

func newStream(address string, hello *agentbusv1.AgentStreamRequest, lanes ...lane) *stream {
	return &stream{
		address: address,
		hello:   hello,
		lanes:   lanes,
		wakeup:  make(chan struct{}, 1),
		pace:    make(chan pace, 1),
		start:   time.Now(),
	}
}

// pace is how often the agent says something, and how long the bus may say nothing.
type pace struct {
	beat     time.Duration
	patience time.Duration
}

// run returns when the stream is over, with the error that ended it unless both sides had finished.
func (s *stream) run(ctx context.Context, open func(context.Context) (busStream, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var others sync.WaitGroup
	others.Go(func() { s.watchTime(ctx) })

	err := s.read(ctx, open, &others)
	cancel()
	// The writer takes from the lanes: it must be gone before another stream has them.
	others.Wait()
	if timer := s.farewell.Load(); timer != nil {
		timer.Stop()
	}
	for _, lane := range s.lanes {
		lane.offline()
	}
	return err
}

func (s *stream) read(ctx context.Context, open func(context.Context) (busStream, error), others *sync.WaitGroup) error {
	bus, err := open(ctx)
	if err != nil {
		return err
	}
	others.Go(func() { s.write(ctx, bus) })
	for {
		frame, err := bus.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		s.heardAt.Store(s.age())
		if welcome := frame.GetWelcome(); welcome != nil {
			s.welcome(welcome)
		} else {
			s.received(frame)
		}
	}
}

func (s *stream) welcome(welcome *agentbusv1.Welcome) {
	interval, lease := defaultHeartbeatInterval, defaultLease
	if said := welcome.GetHeartbeatInterval(); said != nil {
		interval = said.AsDuration()
	}
	if said := welcome.GetLimits().GetLease(); said != nil {
		lease = said.AsDuration()
	}
	s.welcomedAt.Store(s.age())
	for _, lane := range s.lanes {
		lane.online()
	}
	s.welcomed(welcome.GetConnectionId(), lease)
	s.isOpen.Store(true)
	s.wake()
	// A third: one beat may be lost, and the next one late, before a lease or the patience of the bus runs out.
	select {
	case s.pace <- pace{beat: max(min(interval, lease)/3, time.Millisecond), patience: 2 * interval}:
	default:
	}
}

func (s *stream) write(ctx context.Context, bus busStream) {
	frame := s.hello
	for {
		// What Send fails with is said better by Recv.
		if frame != nil && bus.Send(frame) != nil {
			return
		}
		// Whoever is about to say something gets to say it: it travels in the same frame.
		runtime.Gosched()
		if frame = s.next(); frame != nil {
			continue
		}
		if s.isEnding.Load() {
			// The reader hears of a connection that is broken.
			_ = bus.CloseSend()
			return
		}
		select {
		case <-s.wakeup:
		case <-ctx.Done():
			return
		}
	}
}

// next is nil if there is nothing to say, or not yet.
func (s *stream) next() *agentbusv1.AgentStreamRequest {
	if !s.isOpen.Load() {
		return nil
	}
	for _, lane := range s.lanes {
		if frame := lane.next(); frame != nil {
			return frame
		}
	}
	return nil
}

// wake says that a lane has something to say.
func (s *stream) wake() {
	select {
	case s.wakeup <- struct{}{}:
	default:
	}
}

// age is that of the stream, at least 1 ns.
func (s *stream) age() int64 {
	return max(int64(time.Since(s.start)), 1)
}

// hasHeldFor says whether the stream lived for so long after its welcome.
func (s *stream) hasHeldFor(least time.Duration) bool {
	welcomedAt := s.welcomedAt.Load()
	return welcomedAt > 0 && time.Duration(s.age()-welcomedAt) >= least
}

// end ends the agent's side when the lanes have nothing more to say, and waits a moment for the bus to follow.
func (s *stream) end() {
	if s.isEnding.Swap(true) {
		return
	}
	if !s.isOpen.Load() {
		// There is nobody yet to take leave of.
		s.abort(leftError())
		return
	}
	s.wake()
	s.farewell.Store(time.AfterFunc(farewellTimeout, func() {
		s.abort(goneError(s.address, "did not end the stream in time"))
	}))
}

func (s *stream) watchTime(ctx context.Context) {
	welcome := time.NewTimer(welcomeTimeout)
	defer welcome.Stop()
	select {
	case <-ctx.Done():
	case <-welcome.C:
		s.abort(goneError(s.address, "did not welcome the agent in time"))
	case pace := <-s.pace:
		s.keep(ctx, pace)
	}
}

// keep says that the agent is alive, and looks whether the bus is.
func (s *stream) keep(ctx context.Context, pace pace) {
	ticker := time.NewTicker(pace.beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if time.Duration(s.age()-s.heardAt.Load()) > pace.patience {
			s.abort(goneError(s.address, "was silent for two heartbeat intervals"))
			return
		}
		s.beat()
		s.wake()
	}
}

// goneError says that the bus is not there any more, even if the connection does not know it yet.
func goneError(address, what string) *Error {
	return &Error{Code: Unavailable, Message: fmt.Sprintf("the bus at %s %s", address, what)}
}
