package agentbus

import (
	"bytes"
	"errors"
	"strconv"
	"testing"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/proto"
)

func decodeEnvelope(t *testing.T, message encodedMessage) *agentbusv1.Envelope {
	t.Helper()
	var frame agentbusv1.SendFrame
	if err := proto.Unmarshal(message.field, &frame); err != nil {
		t.Fatal(err)
	}
	return frame.GetMessages()[0]
}

// Goal: what the program named can be repeated by another process with the same bytes. Method: a payload of many keys,
// which Go's maps have in another order each time.
func TestEncodeIsTheSameEachTime(t *testing.T) {
	payload := JSON{}
	for i := range 50 {
		payload[strconv.Itoa(i)] = i
	}
	message := OutgoingMessage{To: AgentID("go://b"), ID: "named", Content: payload}
	first, err := newStamper("go://a").encode(message, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		again, err := newStamper("go://a").encode(message, 0)
		if err != nil || !bytes.Equal(first.field, again.field) {
			t.Fatalf("the bytes differ, %v", err)
		}
	}
	if envelope := decodeEnvelope(t, first); envelope.GetTimestamp() != nil || envelope.GetMessageId() != "named" {
		t.Errorf("got %v", envelope)
	}
}

// Goal: a message without a name gets one of its own, and the time. Method: two of the same.
func TestEncodeNamesMessages(t *testing.T) {
	stamper := newStamper("go://a")
	message := OutgoingMessage{To: Role("reviewer"), Content: Data{ContentType: "text/plain", Bytes: []byte("x")}}
	one, err := stamper.encode(message, 0)
	if err != nil {
		t.Fatal(err)
	}
	other, err := stamper.encode(message, 0)
	if err != nil || one.id == other.id {
		t.Errorf("both are %s, %v", one.id, err)
	}
	envelope := decodeEnvelope(t, one)
	if envelope.GetTimestamp() == nil || envelope.GetMessageType() != agentbusv1.MessageType_MESSAGE_TYPE_NOTIFICATION ||
		envelope.GetRouting() != nil {
		t.Errorf("got %v", envelope)
	}
}

// Goal: the largest envelope goes out, and one byte more does not. Method: data that fills it.
func TestEncodeKeepsToTheLimit(t *testing.T) {
	stamper := newStamper("go://a")
	encode := func(size int) (encodedMessage, error) {
		data := Data{ContentType: "text/plain", Bytes: make([]byte, size)}
		return stamper.encode(OutgoingMessage{To: AgentID("go://b"), ID: "large", Content: data}, 0)
	}
	guess := maxEnvelopeBytes - 100
	probe, err := encode(guess)
	if err != nil {
		t.Fatal(err)
	}
	largest := guess + maxEnvelopeBytes - proto.Size(decodeEnvelope(t, probe))
	if _, err := encode(largest); err != nil {
		t.Error(err)
	}
	_, err = encode(largest + 1)
	var refused *Error
	if !errors.As(err, &refused) || refused.Reason != ReasonMessageTooLarge ||
		refused.Facts["limit"] != "4128768" || refused.Facts["actual"] != "4128769" {
		t.Errorf("got %v", err)
	}
}

// Goal: what the contract does not have is refused before it is sent. Method: a table of mistakes.
func TestEncodeRefuses(t *testing.T) {
	to := AgentID("go://b")
	for name, message := range map[string]OutgoingMessage{
		"nobody":           {},
		"unknown type":     {To: to, Type: "TASK"},
		"unknown priority": {To: to, Priority: "URGENT"},
		"unknown growth":   {To: to, Retry: Retry{Growth: "CUBIC"}},
		"negative retries": {To: to, Retry: Retry{Max: -1}},
		"unknown receipt":  {To: to, Receipts: []MessageState{"READ"}},
		"bad payload":      {To: to, Content: JSON{"a": func() {}}},
		"bad text":         {To: to, Step: "\xff"},
	} {
		if _, err := newStamper("go://a").encode(message, 0); !errors.Is(err, InvalidArgument) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
