package agentbus

import (
	"slices"
	"strconv"
	"testing"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc/codes"
)

// Goal: one whose acknowledgement is not confirmed is acknowledged again and not handled. Method: the stream breaks before
// the confirmation; after it, the message is forgotten.
func TestRedeliveryAfterHandling(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		first, _ := bus.accept()
		first.deliver(mail("d1", notification))
		hear(first, ackFrame)
		first.breakOff()
		second, _ := bus.accept()
		second.deliver(mail("d2", notification))
		if ids := hear(second, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"d2"}) {
			t.Errorf("acknowledged %v", ids)
		}
		if count := worker.started.Load(); count != 1 {
			t.Errorf("%d handlers ran", count)
		}
		second.confirm([]string{"d2"}, nil)
		second.deliver(mail("d3", notification))
		hear(second, ackFrame)
		if count := worker.started.Load(); count != 2 {
			t.Errorf("%d handlers ran", count)
		}
	})
}

// Goal: the confirmation of one attempt's acknowledgement does not let the next attempt be forgotten. Method: two attempts, the
// first of which is confirmed late, and the second one delivered again by another stream.
func TestLateConfirmationOfAnEarlierAttempt(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		close(worker.release)
		first, _ := bus.accept()
		for seconds, deliveryID := range []string{"d1", "d2"} {
			first.deliver(mail(deliveryID, acceptedAt(int64(seconds+1))))
			first.accepted(hear(first, sendFrame).GetMessages()[0].GetMessageId())
			hear(first, ackFrame)
		}
		first.confirm([]string{"d1"}, nil)
		first.breakOff()
		second, _ := bus.accept()
		second.deliver(mail("d3", acceptedAt(2)))
		if ids := hear(second, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"d3"}) || worker.started.Load() != 2 {
			t.Errorf("acknowledged %v after %d handlers", ids, worker.started.Load())
		}
	})
}

// Goal: an acknowledgement that comes too late is no reason to handle the message again. Method: a bus that calls it stale and
// then delivers the message anew.
func TestStaleAcknowledgement(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1", notification))
		hear(stream, ackFrame)
		stream.confirm(nil, []string{"d1"})
		stream.deliver(mail("d2", notification))
		if ids := hear(stream, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"d2"}) || worker.started.Load() != 1 {
			t.Errorf("acknowledged %v after %d handlers", ids, worker.started.Load())
		}
	})
}

// Goal: a message that a frame has twice is handled once, and an agent that drains still comes to its end. Method: the same
// delivery three times, once after it was settled; the bus answers an id of a frame once.
func TestSameDeliveryTwice(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1", notification), mail("d1", notification))
		hear(stream, ackFrame)
		stream.deliver(mail("d1", notification))
		hear(stream, ackFrame)
		stream.confirm([]string{"d1"}, nil)
		stream.confirm([]string{"d1"}, nil)
		if count := worker.started.Load(); count != 1 || !agent.isQuiet() {
			t.Errorf("%d handlers ran, quiet: %v", count, agent.isQuiet())
		}
	})
}

// Goal: what is not confirmed yet is not forgotten while there is less of it than the largest credit, and what never will be is.
// Method: one message and as many as may be remembered after it, most of which are confirmed; then all too many.
func TestHandledMailIsRemembered(t *testing.T) {
	var handled handledMail
	mail := func(i int) mailKey { return mailKey{message: messageKey{id: strconv.Itoa(i)}} }
	for i := range maxRememberedMessages {
		handled.add(mail(i))
	}
	for i := 1; i < maxRememberedMessages/2; i++ {
		handled.remove(mail(i))
	}
	handled.add(mail(maxRememberedMessages))
	if !handled.has(mail(0)) {
		t.Error("the oldest one is forgotten")
	}
	for i := range 5 * maxRememberedMessages {
		handled.add(mail(i))
	}
	if count := len(handled.newer) + len(handled.older); count > 2*maxRememberedMessages {
		t.Errorf("%d are remembered", count)
	}
}

// Goal: an agent that drains does not wait for the confirmation of what the bus could not settle; a message of which that is so
// is acknowledged when it comes again. Method: an error in the place of the confirmation of an extension, and of an
// acknowledgement.
func TestSettlementThatFails(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		hear(stream, extendFrame)
		close(worker.release)
		stream.accepted(hear(stream, sendFrame).GetMessages()[0].GetMessageId())
		hear(stream, ackFrame)
		for range 2 {
			stream.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_Error{
				Error: &agentbusv1.ErrorFrame{Error: errorStatus(codes.Unavailable, ReasonStoreFailed)},
			}})
		}
		if !agent.isQuiet() {
			t.Error("the agent still waits")
		}
		stream.deliver(mail("d2"))
		if ids := hear(stream, ackFrame).GetDeliveryIds(); !slices.Equal(ids, []string{"d2"}) || worker.started.Load() != 1 {
			t.Errorf("acknowledged %v after %d handlers", ids, worker.started.Load())
		}
	})
}
