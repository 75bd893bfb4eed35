package agentbus

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// refusalOf is an error of the bus.
func refusalOf(t *testing.T, code codes.Code, reason Reason) error {
	said, err := status.New(code, "refused").WithDetails(&errdetails.ErrorInfo{Reason: string(reason)})
	if err != nil {
		t.Fatal(err)
	}
	return said.Err()
}

// Goal: an agent tries for as long as it was told to, and says where and why it gave up. Method: nobody at the address.
func TestConnectTimeout(t *testing.T) {
	refuse := func(context.Context) (busStream, error) {
		return nil, status.Error(codes.Unavailable, "connection refused")
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		options := AgentOptions{Address: "http://bus", ConnectTimeout: 5 * time.Second}
		agent := startAgent(options.withDefaults(), refuse)
		err := agent.Ready(t.Context())
		if !errors.Is(err, Unavailable) || !strings.Contains(err.Error(), "http://bus") ||
			!strings.Contains(err.Error(), "connection refused") {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(start); waited != 5*time.Second {
			t.Errorf("gave up after %v", waited)
		}
		if again := agent.Wait(); again != err || agent.Status().State != StateFailed {
			t.Errorf("ended with %v as %v", again, agent.Status())
		}
	})
}

// Goal: what trying again would not change ends the agent. Method: a stream that ends with each such error.
func TestFinalErrors(t *testing.T) {
	for reason, test := range map[Reason]struct {
		code  codes.Code
		state State
	}{
		ReasonKeyInvalid:                 {codes.Unauthenticated, StateFailed},
		ReasonAgentNotAllowed:            {codes.PermissionDenied, StateFailed},
		ReasonFieldInvalid:               {codes.InvalidArgument, StateFailed},
		ReasonProtocolVersionUnsupported: {codes.FailedPrecondition, StateFailed},
		ReasonAgentNotFound:              {codes.NotFound, StateFailed},
		ReasonNotImplemented:             {codes.Unimplemented, StateFailed},
		ReasonStreamFenced:               {codes.Aborted, StateFenced},
	} {
		var states []State
		options := AgentOptions{OnStatus: func(status Status) { states = append(states, status.State) }}
		withBus(t, options, func(t *testing.T, agent *Agent, bus *fakeBus) {
			stream, _ := bus.accept()
			stream.ended <- refusalOf(t, test.code, reason)
			if err := agent.Wait(); !errors.Is(err, reason) {
				t.Errorf("%s: ended with %v", reason, err)
			}
			if want := []State{StateConnecting, StateOnline, test.state}; !slices.Equal(states, want) {
				t.Errorf("%s: was %v, want %v", reason, states, want)
			}
		})
	}
}

// Goal: a bus that says nothing for two heartbeat intervals is gone. Method: time passes; the agent itself speaks up.
func TestSilentBus(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		start := time.Now()
		<-bus.streams
		if waited := time.Since(start); waited < 30*time.Second || waited > 36*time.Second {
			t.Errorf("the bus was given up after %v", waited)
		}
		if beats := unheard(stream, (*agentbusv1.AgentStreamRequest).GetHeartbeat); beats < 5 {
			t.Errorf("the agent said %d times that it is alive", beats)
		}
	})
}

// Goal: an agent that drains gives back what comes late, finishes what it has, waits for the bus to confirm all of it, and
// ends the stream. Method: one task in hand, one that is late.
func TestDrain(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		drained := make(chan error, 1)
		go func() { drained <- agent.Drain(context.Background()) }()
		hear(stream, drainFrame)
		stream.deliver(mail("d2", func(delivery *agentbusv1.Delivery) { delivery.Message.MessageId = "late" }))
		if reject := hear(stream, rejectOf); reject.GetDeliveryIds()[0] != "d2" || reject.GetDrop() {
			t.Errorf("rejected %v", reject)
		}
		stream.confirm([]string{"d2"}, nil)
		close(worker.release)
		stream.accepted(hear(stream, sendFrame).GetMessages()[0].GetMessageId())
		hear(stream, ackFrame)
		select {
		case <-stream.isClosed:
			t.Error("the stream was ended before the acknowledgement was confirmed")
		default:
		}
		stream.confirm([]string{"d1"}, nil)
		<-stream.isClosed
		stream.breakOff()
		if err := <-drained; err != nil || agent.Status().State != StateClosed {
			t.Errorf("drained with %v as %v", err, agent.Status())
		}
	})
}

// Goal: an agent that is to leave while it connects takes no mail. Method: a drain after hello and before the welcome, with a
// message that is still to be sent.
func TestDrainBeforeTheWelcome(t *testing.T) {
	workerTest(t, func(t *testing.T, _ *worker, agent *Agent, bus *fakeBus) {
		stream := <-bus.streams
		hear(stream, (*agentbusv1.AgentStreamRequest).GetHello)
		sendInOrder(t, agent, 1)
		drained := make(chan error, 1)
		go func() { drained <- agent.Drain(context.Background()) }()
		// The drain is asked for and waits.
		synctest.Wait()
		stream.welcome()
		if frame := <-stream.fromAgent; frame.GetDrain() == nil {
			t.Errorf("the agent said %v first", frame)
		}
		stream.accepted(hear(stream, sendFrame).GetMessages()[0].GetMessageId())
		<-stream.isClosed
		stream.ended <- io.EOF
		if err := <-drained; err != nil {
			t.Error(err)
		}
	})
}

// Goal: an agent that is to leave at once does not wait for a bus that has not welcomed it. Method: a close after hello.
func TestCloseBeforeTheWelcome(t *testing.T) {
	workerTest(t, func(t *testing.T, _ *worker, agent *Agent, bus *fakeBus) {
		hear(<-bus.streams, (*agentbusv1.AgentStreamRequest).GetHello)
		start := time.Now()
		if err := agent.Close(context.Background()); err != nil || time.Since(start) != 0 {
			t.Errorf("closed after %v with %v", time.Since(start), err)
		}
	})
}

// Goal: only a stream that was welcomed shows that there is a bus again. Method: streams that end 6 s after they were opened,
// not welcomed; then one that ends 6 s after its welcome.
func TestBackoffStartsOver(t *testing.T) {
	var waits []time.Duration
	options := AgentOptions{
		Backoff:        Backoff{Random: func() float64 { return 1 }},
		ConnectTimeout: -1,
		OnStatus: func(status Status) {
			if status.State == StateWaiting {
				waits = append(waits, status.RetryIn)
			}
		},
	}
	withBus(t, options, func(t *testing.T, _ *Agent, bus *fakeBus) {
		for _, isWelcomed := range []bool{false, false, true} {
			stream := <-bus.streams
			if isWelcomed {
				stream.welcome()
			}
			time.Sleep(6 * time.Second)
			stream.breakOff()
		}
		<-bus.streams
		want := []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 200 * time.Millisecond}
		if !slices.Equal(waits, want) {
			t.Errorf("waited %v", waits)
		}
	})
}

// Goal: the grace of a drain is its context. Method: a handler that is never released.
func TestDrainWithGrace(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := agent.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("drained with %v", err)
		}
		if cause := contextCause(<-worker.causes); cause.Code != Canceled {
			t.Errorf("the handler was stopped by %v", cause)
		}
	})
}

// Goal: a task whose handler gives up when the agent closes goes back. Method: a handler that waits.
func TestClose(t *testing.T) {
	workerTest(t, func(t *testing.T, _ *worker, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		closed := make(chan error, 1)
		go func() { closed <- agent.Close(context.Background()) }()
		if reject := hear(stream, rejectOf); reject.GetDrop() || reject.GetRequeueDelay().AsDuration() != 0 {
			t.Errorf("rejected by %v", reject)
		}
		stream.confirm([]string{"d1"}, nil)
		<-stream.isClosed
		stream.breakOff()
		if err := <-closed; err != nil {
			t.Error(err)
		}
		if _, err := agent.Send(t.Context(), note("late")); !errors.Is(err, Canceled) {
			t.Errorf("sent after the end: %v", err)
		}
	})
}

// Goal: who leaves twice has left. Method: an agent that is gone, and a context that is over as well.
func TestDrainAfterTheEnd(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, _ *fakeBus) {
		if err := agent.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			if err := agent.Drain(over); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Goal: an agent that the bus asks to go finishes what it has there, and comes back when it was told to. Method: the drain of
// a bus while a task is worked on.
func TestDrainOfTheBus(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		stream.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_Drain{
			Drain: &agentbusv1.ServerDrain{ReconnectAfter: durationpb.New(3 * time.Second)},
		}})
		close(worker.release)
		stream.accepted(hear(stream, sendFrame).GetMessages()[0].GetMessageId())
		hear(stream, ackFrame)
		stream.confirm([]string{"d1"}, nil)
		<-stream.isClosed
		endedAt := time.Now()
		stream.breakOff()
		if _, hello := bus.accept(); hello.GetSendOnly() {
			t.Error("the agent came back and wants no mail")
		}
		if waited := time.Since(endedAt); waited != 3*time.Second {
			t.Errorf("came back after %v", waited)
		}
	})
}

// Goal: whoever hears of a status may call the agent. Method: one that closes it at the first welcome.
func TestStatusListenerMayClose(t *testing.T) {
	var agent *Agent
	var states []State
	options := AgentOptions{OnStatus: func(status Status) {
		states = append(states, status.State)
		if status.State == StateOnline {
			agent.connector.leave()
		}
	}}
	withBus(t, options, func(t *testing.T, started *Agent, bus *fakeBus) {
		agent = started
		stream, _ := bus.accept()
		stream.ended <- nil
		if err := started.Wait(); err != nil {
			t.Error(err)
		}
		if want := []State{StateConnecting, StateOnline, StateDraining, StateClosed}; !slices.Equal(states, want) {
			t.Errorf("was %v", states)
		}
	})
}
