package agentbus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

func note(id string) OutgoingMessage {
	return OutgoingMessage{To: AgentID("go://b"), ID: id, Content: JSON{"text": id}}
}

// sendInOrder has an agent send messages one after the other, and none of them answered yet.
func sendInOrder(t *testing.T, agent *Agent, count int) {
	for i := range count {
		go func() {
			// Their fate is the test's end.
			_, _ = agent.Send(t.Context(), note(fmt.Sprint("m", i)))
		}()
		synctest.Wait()
	}
}

// Goal: what is unanswered goes out again, with the same bytes, in the same order, and in few frames. Method: messages that
// wait for a bus, one answer, and a lost stream.
func TestSendsAreRepeated(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		sendInOrder(t, agent, 3)
		first, hello := bus.accept()
		if !hello.GetSendOnly() {
			t.Error("an agent without handlers wants mail")
		}
		before := hear(first, sendFrame).GetMessages()
		if len(before) != 3 {
			t.Fatalf("%d messages were in the frame", len(before))
		}
		first.accepted("m1")
		first.breakOff()
		second, _ := bus.accept()
		after := hear(second, sendFrame).GetMessages()
		if len(after) != 2 || !proto.Equal(after[0], before[0]) || !proto.Equal(after[1], before[2]) {
			t.Errorf("repeated %v", after)
		}
	})
}

// Goal: a frame has at most 64 messages. Method: one message more, all of which wait for the stream.
func TestFramesAreBounded(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		sendInOrder(t, agent, maxFrameMessages+1)
		stream, _ := bus.accept()
		for _, want := range []int{maxFrameMessages, 1} {
			if got := len(hear(stream, sendFrame).GetMessages()); got != want {
				t.Errorf("%d messages were in the frame, want %d", got, want)
			}
		}
	})
}

// Goal: what the bus cannot take just then goes out again after a wait. Method: one refusal with UNAVAILABLE.
func TestUnavailableSendIsRepeated(t *testing.T) {
	withBus(t, AgentOptions{Backoff: Backoff{Random: func() float64 { return 1 }}}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		outcome := make(chan *Sent, 1)
		go func() {
			sent, err := agent.Send(t.Context(), note("m"))
			if err != nil {
				t.Error(err)
			}
			outcome <- sent
		}()
		hear(stream, sendFrame)
		refusedAt := time.Now()
		stream.refuse("m", codes.Unavailable, ReasonStoreFailed)
		hear(stream, sendFrame)
		if waited := time.Since(refusedAt); waited != 200*time.Millisecond {
			t.Errorf("repeated after %v", waited)
		}
		stream.answer(&agentbusv1.SendResult{MessageId: "m", Outcome: &agentbusv1.SendResult_Duplicate{
			Duplicate: &agentbusv1.SendDuplicate{Recipients: []string{"go://b"}},
		}})
		if sent := <-outcome; !sent.Duplicate || sent.Recipients[0] != "go://b" {
			t.Errorf("got %v", sent)
		}
	})
}

// Goal: what waits for a bus that is away is bounded. Method: as many messages as may wait, and one more; and one id twice.
func TestUnansweredSendsAreBounded(t *testing.T) {
	sends := newSends(Backoff{}, func() {})
	for i := range maxUnansweredSends {
		if err := sends.add(&pendingSend{encodedMessage: encodedMessage{id: fmt.Sprint(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := sends.add(&pendingSend{encodedMessage: encodedMessage{id: "0"}}); !errors.Is(err, AlreadyExists) {
		t.Errorf("got %v", err)
	}
	if err := sends.add(&pendingSend{encodedMessage: encodedMessage{id: "more"}}); !errors.Is(err, ResourceExhausted) {
		t.Errorf("got %v", err)
	}
}

// Goal: a program that does not want to wait need not. Method: a context that ends while the bus is away.
func TestSendEndsWithItsContext(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, _ *fakeBus) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := agent.Send(ctx, note("m")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// Goal: many goroutines may send at once, and each gets the answer to its own message. Method: a hundred of them, answered
// backwards and among answers to messages that nobody sent.
func TestManySenders(t *testing.T) {
	withBus(t, AgentOptions{}, func(t *testing.T, agent *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		var senders sync.WaitGroup
		for i := range 100 {
			senders.Go(func() {
				id := fmt.Sprint("m", i)
				if sent, err := agent.Send(t.Context(), note(id)); err != nil || sent.MessageID != id {
					t.Errorf("%s: got %v, %v", id, sent, err)
				}
			})
		}
		var ids []string
		for len(ids) < 100 {
			for _, message := range hear(stream, sendFrame).GetMessages() {
				ids = append(ids, message.GetMessageId())
			}
		}
		slices.Reverse(ids)
		for _, id := range ids {
			stream.accepted("not " + id)
			stream.accepted(id)
			stream.accepted(id)
		}
		senders.Wait()
		if !agent.sends.isEmpty() || agent.sends.bytes != 0 {
			t.Errorf("%d bytes are left", agent.sends.bytes)
		}
	})
}
