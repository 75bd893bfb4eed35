package agentbus

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// stamper makes the envelopes of one sender.
type stamper struct {
	agentID string
	prefix  string
	count   atomic.Uint64
}

// The random part makes ids unique; a count is cheaper than a random part for each message.
func newStamper(agentID string) *stamper {
	return &stamper{agentID: agentID, prefix: "msg-" + rand.Text() + "-"}
}

// encodedMessage is a message as it goes out, each time with the same bytes.
type encodedMessage struct {
	id string
	// field is the envelope as field 1 of the message around it, which both SendFrame and SendMessageRequest have.
	field []byte
}

// encode encodes a message once for all its sendings. It fails with MESSAGE_TOO_LARGE above the contract's bound.
func (s *stamper) encode(message OutgoingMessage, mode agentbusv1.DeliveryMode) (encodedMessage, error) {
	envelope, err := s.envelope(message, mode)
	if err != nil {
		return encodedMessage{}, err
	}
	size := proto.Size(envelope)
	if size > maxEnvelopeBytes {
		return encodedMessage{}, tooLargeError(envelope.GetMessageId(), size)
	}
	field := make([]byte, 0, size+protowire.SizeTag(1)+protowire.SizeVarint(uint64(size)))
	field = protowire.AppendTag(field, 1, protowire.BytesType)
	field = protowire.AppendVarint(field, uint64(size))
	// The bus compares bytes to know a repetition; what the program named, it may encode anew in another process.
	options := proto.MarshalOptions{Deterministic: message.ID != "", UseCachedSize: true}
	field, err = options.MarshalAppend(field, envelope)
	if err != nil {
		return encodedMessage{}, &Error{Code: InvalidArgument, Message: err.Error(), cause: err}
	}
	return encodedMessage{id: envelope.GetMessageId(), field: field}, nil
}

func (s *stamper) envelope(message OutgoingMessage, mode agentbusv1.DeliveryMode) (*agentbusv1.Envelope, error) {
	if message.To == nil {
		return nil, invalidError("the message does not say who is to get it")
	}
	if message.Type == "" {
		message.Type = TypeNotification
	}
	messageType, err := messageTypes.number(message.Type)
	if err != nil {
		return nil, err
	}
	priority, err := priorities.number(message.Priority)
	if err != nil {
		return nil, err
	}
	routing, err := routingOf(message, mode)
	if err != nil {
		return nil, err
	}
	envelope := &agentbusv1.Envelope{
		MessageId:     message.ID,
		Sender:        &agentbusv1.Sender{AgentId: s.agentID, SessionId: message.SessionID},
		Recipient:     message.To.recipient(),
		MessageType:   agentbusv1.MessageType(messageType),
		Priority:      agentbusv1.Priority(priority),
		CorrelationId: message.CorrelationID,
		ParentTaskId:  message.ParentTaskID,
		Step:          message.Step,
		Routing:       routing,
		Metadata:      message.Metadata,
	}
	if message.ID == "" {
		envelope.MessageId = s.prefix + strconv.FormatUint(s.count.Add(1), 10)
		envelope.Timestamp = timestamppb.New(time.Now())
	}
	if message.Content != nil {
		err = message.Content.putInto(envelope)
	}
	return envelope, err
}

// routingOf is nil for a message that leaves every default as it is.
func routingOf(message OutgoingMessage, mode agentbusv1.DeliveryMode) (*agentbusv1.Routing, error) {
	replies, err := replyModes.number(message.Replies)
	if err != nil {
		return nil, err
	}
	retry, err := retryOf(message.Retry)
	if err != nil {
		return nil, err
	}
	isDefault := message.Timeout == 0 && retry == nil && len(message.FallbackAgents) == 0 && mode == 0 &&
		message.ExpiresAt.IsZero() && len(message.Receipts) == 0 && replies == 0
	if isDefault {
		return nil, nil
	}
	routing := &agentbusv1.Routing{
		Timeout:        optionalDuration(message.Timeout),
		RetryPolicy:    retry,
		FallbackAgents: message.FallbackAgents,
		DeliveryMode:   mode,
		ReplyMode:      agentbusv1.ReplyMode(replies),
	}
	if !message.ExpiresAt.IsZero() {
		routing.ExpiresAt = timestamppb.New(message.ExpiresAt)
	}
	for _, state := range message.Receipts {
		number, err := messageStates.number(state)
		if err != nil {
			return nil, err
		}
		routing.Receipts = append(routing.Receipts, agentbusv1.MessageState(number))
	}
	return routing, nil
}

func retryOf(retry Retry) (*agentbusv1.RetryPolicy, error) {
	if retry == (Retry{}) {
		return nil, nil
	}
	growth, err := growths.number(retry.Growth)
	if err != nil {
		return nil, err
	}
	if retry.Max < 0 || retry.Max > 100 {
		return nil, invalidError("a task is retried 0 to 100 times, not %d", retry.Max)
	}
	return &agentbusv1.RetryPolicy{
		MaxRetries:   uint32(retry.Max),
		Backoff:      agentbusv1.Backoff(growth),
		InitialDelay: optionalDuration(retry.InitialDelay),
		MaxDelay:     optionalDuration(retry.MaxDelay),
	}, nil
}

func optionalDuration(duration time.Duration) *durationpb.Duration {
	if duration == 0 {
		return nil
	}
	return durationpb.New(duration)
}

func tooLargeError(messageID string, size int) *Error {
	return &Error{
		Code:   ResourceExhausted,
		Reason: ReasonMessageTooLarge,
		Message: fmt.Sprintf("message %s has %d bytes, more than %d: pass large things by reference",
			messageID, size, maxEnvelopeBytes),
		Facts: map[string]string{"limit": strconv.Itoa(maxEnvelopeBytes), "actual": strconv.Itoa(size)},
	}
}
