package agentbus

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/types/known/structpb"
)

// worker counts its handlers, which wait until they are released or told to stop.
type worker struct {
	started atomic.Int32
	causes  chan error
	release chan struct{}
}

func newWorker() *worker {
	return &worker{causes: make(chan error, 10), release: make(chan struct{})}
}

func (w *worker) options() AgentOptions {
	// The channels belong to the bubble that the handlers run in.
	return AgentOptions{
		OnTask: func(ctx context.Context, _ *Task) (Content, error) {
			w.started.Add(1)
			select {
			case <-w.release:
				return JSON{"done": true}, nil
			case <-ctx.Done():
				w.causes <- context.Cause(ctx)
				return nil, ctx.Err()
			}
		},
		OnMessage: func(context.Context, *Message) error {
			w.started.Add(1)
			return nil
		},
	}
}

// workerTest runs a test in a bubble with a worker of its own.
func workerTest(t *testing.T, test func(t *testing.T, worker *worker, agent *Agent, bus *fakeBus)) {
	t.Helper()
	var made *worker
	options := AgentOptions{
		OnTask:    func(ctx context.Context, task *Task) (Content, error) { return made.options().OnTask(ctx, task) },
		OnMessage: func(ctx context.Context, m *Message) error { return made.options().OnMessage(ctx, m) },
	}
	withBus(t, options, func(t *testing.T, agent *Agent, bus *fakeBus) {
		made = newWorker()
		test(t, made, agent, bus)
	})
}

// Goal: a message that comes again while its handler runs is not handled twice, and the newest delivery is settled.
// Method: the stream breaks while a task is worked on.
func TestRedeliveryWhileRunning(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		first, _ := bus.accept()
		first.deliver(mail("d1"))
		first.breakOff()
		second, _ := bus.accept()
		second.deliver(mail("d2"))
		close(worker.release)
		response := hear(second, sendFrame).GetMessages()[0]
		if response.GetCorrelationId() != "t" || !response.GetPayload().GetFields()["done"].GetBoolValue() {
			t.Errorf("answered %v", response)
		}
		if unheard(second, ackFrame) != 0 {
			t.Error("the task was acknowledged before its answer was on disk")
		}
		second.accepted(response.GetMessageId())
		if ids := hear(second, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"d2"}) {
			t.Errorf("acknowledged %v", ids)
		}
		if count := worker.started.Load(); count != 1 {
			t.Errorf("%d handlers ran", count)
		}
	})
}

// Goal: an attempt that follows another one is handled anew. Method: the same message, accepted later.
func TestNewAttemptWhileRunning(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		stream.deliver(mail("d2", acceptedAt(2)))
		<-worker.causes
		close(worker.release)
		stream.accepted(hear(stream, sendFrame).GetMessages()[0].GetMessageId())
		if ids := hear(stream, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"d2"}) {
			t.Errorf("acknowledged %v", ids)
		}
		if count := worker.started.Load(); count != 2 {
			t.Errorf("%d handlers ran", count)
		}
	})
}

// Goal: a delivery that the bus ended before its lease could have run out was taken away. Method: a stale extension
// at once; nothing that the handler does then is sent.
func TestStaleExtensionTakesTheTaskAway(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		hear(stream, extendFrame)
		stream.confirm(nil, []string{"d1"})
		if cause := contextCause(<-worker.causes); cause.Code != Aborted || cause.Facts["task_id"] != "t" {
			t.Errorf("stopped by %v", cause)
		}
		if unheard(stream, sendFrame) != 0 {
			t.Error("the outcome was sent all the same")
		}
	})
}

// Goal: a lease that may have run out says nothing about the task. Method: the answer to the extension comes late.
func TestStaleExtensionAfterTheLease(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		hear(stream, extendFrame)
		// The bus is heard of, but its answer stays away.
		for range 3 {
			time.Sleep(11 * time.Second)
			stream.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_Heartbeat{}})
		}
		extensions := 1 + unheard(stream, extendFrame)
		for range extensions {
			stream.confirm(nil, []string{"d1"})
		}
		close(worker.release)
		if response := hear(stream, sendFrame).GetMessages()[0]; response.GetCorrelationId() != "t" {
			t.Errorf("answered %v", response)
		}
	})
}

// Goal: the bus's news stop the handler, and only the one that is meant. Method: news older than the mail, news of
// another delegator's task, and then the right one.
func TestWithdrawal(t *testing.T) {
	news := func(deliveryID, event, delegator string, seconds int64) *agentbusv1.Delivery {
		return mail(deliveryID, acceptedAt(seconds), notification, func(delivery *agentbusv1.Delivery) {
			delivery.Message.MessageId = deliveryID
			delivery.Message.Sender.AgentId = busAgentID
			delivery.Message.CorrelationId = "t"
			payload, err := structpb.NewStruct(map[string]any{"event": event, "delegator": delegator, "code": "CANCELLED"})
			if err != nil {
				t.Fatal(err)
			}
			delivery.Message.Content = &agentbusv1.Envelope_Payload{Payload: payload}
		})
	}
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1", acceptedAt(5)))
		stream.deliver(news("n1", "task_withdrawn", "go://boss", 4), news("n2", "task_cancelled", "go://other", 9))
		if ids := hear(stream, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"n1", "n2"}) {
			t.Errorf("acknowledged %v", ids)
		}
		if len(worker.causes) != 0 {
			t.Fatal("the handler was stopped by news that do not concern it")
		}
		stream.deliver(news("n3", "task_cancelled", "go://boss", 9))
		if cause := contextCause(<-worker.causes); cause.Reason != ReasonTaskCancelled || cause.Facts["cause"] != "CANCELLED" {
			t.Errorf("stopped by %v", cause)
		}
		if count := worker.started.Load(); count != 1 {
			t.Errorf("%d handlers ran: the news reached one", count)
		}
		if unheard(stream, sendFrame) != 0 {
			t.Error("the outcome was sent all the same")
		}
	})
}

func contextCause(err error) *Error {
	if known, ok := err.(*Error); ok {
		return known
	}
	return &Error{Code: Unknown, Message: err.Error()}
}

// Goal: a program may try its handlers without a bus. Method: a task that the test made, by which a handler sends.
func TestTaskOfAProgram(t *testing.T) {
	task := &Task{Message: Message{ID: "t", Sender: "go://boss"}}
	if err := task.Progress(t.Context(), 50, ""); !errors.Is(err, InvalidArgument) {
		t.Errorf("got %v", err)
	}
	for _, err := range task.Watch(t.Context(), 0) {
		if !errors.Is(err, InvalidArgument) {
			t.Errorf("got %v", err)
		}
	}
}
