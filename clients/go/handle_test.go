package agentbus

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("no JSON today") }

// Goal: a panic, an error and a missing handler each end one message and nothing else. Method: handlers that go wrong.
func TestHandlersThatFail(t *testing.T) {
	options := AgentOptions{OnTask: func(_ context.Context, task *Task) (Content, error) {
		switch task.ID {
		case "panics":
			panic("nobody expects this")
		case "nil pointer":
			var nothing *fs.PathError
			return nil, nothing
		case "nil error":
			var nothing *Error
			return nil, nothing
		case "bad result":
			return JSON{"value": panicking{}}, nil
		case "typed":
			return nil, &fs.PathError{Op: "open", Path: "a", Err: fs.ErrNotExist}
		case "later":
			return nil, RetryLater(time.Minute, "no model is free")
		}
		return nil, errors.New("no")
	}}
	withBus(t, options, func(t *testing.T, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		named := func(id string) func(*agentbusv1.Delivery) {
			return func(delivery *agentbusv1.Delivery) { delivery.Message.MessageId = id }
		}
		for id, want := range map[string][2]string{
			"panics": {"panic", "nobody expects this"},
			"typed":  {"PathError", "open a: file does not exist"},
			"plain":  {"failed", "no"},
			// What a handler hands over may panic as well as the handler.
			"nil pointer": {"panic", "nil pointer"},
			"nil error":   {"panic", "nil pointer"},
			"bad result":  {"panic", "no JSON today"},
		} {
			stream.deliver(mail(id, named(id)))
			response := hear(stream, sendFrame).GetMessages()[0]
			said := response.GetPayload().GetFields()["error"].GetStructValue().GetFields()
			if said["reason"].GetStringValue() != want[0] || !strings.Contains(said["message"].GetStringValue(), want[1]) {
				t.Errorf("%s: failed with %v", id, said)
			}
			stream.accepted(response.GetMessageId())
		}
		stream.deliver(mail("later", named("later")))
		if reject := hear(stream, rejectOf); reject.GetRequeueDelay().AsDuration() != time.Minute ||
			reject.GetReason() != "no model is free" {
			t.Errorf("rejected by %v", reject)
		}
		for reason, messageType := range map[string]agentbusv1.MessageType{
			"the agent has no handler for NOTIFICATION": agentbusv1.MessageType_MESSAGE_TYPE_NOTIFICATION,
			// A newer bus may have types that this client has no word for.
			"the agent has no handler for 99": 99,
		} {
			stream.deliver(mail(reason, func(delivery *agentbusv1.Delivery) { delivery.Message.MessageType = messageType }))
			if reject := hear(stream, rejectOf); !reject.GetDrop() || reject.GetReason() != reason {
				t.Errorf("rejected by %v", reject)
			}
		}
	})
}
