package agentbus

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc/codes"
)

func (s *fakeStream) tell(sessionID string, sequences ...uint64) {
	frame := &agentbusv1.SessionEventFrame{}
	for _, sequence := range sequences {
		event := &agentbusv1.SessionEvent{SessionId: sessionID, Sequence: sequence}
		event.Body = &agentbusv1.SessionEvent_TaskCompleted{TaskCompleted: &agentbusv1.TaskCompleted{TaskId: "t"}}
		if sequence == 5 {
			event.Body = &agentbusv1.SessionEvent_SessionCompleted{SessionCompleted: &agentbusv1.SessionCompleted{}}
		}
		frame.Events = append(frame.Events, event)
	}
	s.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_SessionEvent{SessionEvent: frame}})
}

// Goal: whoever follows a session gets each event once, in order, across a lost stream, and then the end. Method: events that
// come twice, and the last ones on another stream.
func TestWatch(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		first, _ := bus.accept()
		var got []uint64
		ended := make(chan error, 1)
		go func() {
			for event, err := range agent.Watch(t.Context(), "s", 1) {
				if err != nil {
					ended <- err
					return
				}
				got = append(got, event.Sequence)
			}
			ended <- nil
		}()
		watchFrame := (*agentbusv1.AgentStreamRequest).GetWatch
		if after := hear(first, watchFrame).GetAfterSequence(); after != 1 {
			t.Errorf("asked for events after %d", after)
		}
		first.tell("s", 2, 3)
		first.tell("other", 4)
		first.breakOff()
		second, _ := bus.accept()
		if after := hear(second, watchFrame).GetAfterSequence(); after != 3 {
			t.Errorf("asked for events after %d", after)
		}
		second.tell("s", 3, 4, 5)
		if err := <-ended; err != nil || !slices.Equal(got, []uint64{2, 3, 4, 5}) {
			t.Errorf("got %v, %v", got, err)
		}
		hear(second, (*agentbusv1.AgentStreamRequest).GetUnwatch)
	})
}

// Goal: a session that cannot be followed is an error of whoever wants to. Method: the bus refuses the watch.
func TestWatchIsRefused(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		ended := make(chan error, 1)
		go func() {
			for _, err := range agent.Watch(t.Context(), "s", 0) {
				ended <- err
			}
		}()
		hear(stream, (*agentbusv1.AgentStreamRequest).GetWatch)
		refusal := errorStatus(codes.NotFound, ReasonSessionNotFound)
		stream.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_Error{
			Error: &agentbusv1.ErrorFrame{SessionId: "s", Error: refusal},
		}})
		if err := <-ended; !errors.Is(err, ReasonSessionNotFound) {
			t.Errorf("ended with %v", err)
		}
	})
}

// Goal: a session that no frame can name is an error at once, and nothing that the stream could die of. Method: no id, and one
// that is not UTF-8.
func TestWatchNeedsASession(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		for _, sessionID := range []string{"", "\xff"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			for _, err := range agent.Watch(ctx, sessionID, 0) {
				if !errors.Is(err, InvalidArgument) {
					t.Errorf("%q: ended with %v", sessionID, err)
				}
			}
			cancel()
		}
		if unheard(stream, (*agentbusv1.AgentStreamRequest).GetWatch) != 0 {
			t.Error("the bus was asked")
		}
	})
}
