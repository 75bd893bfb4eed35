package agentbus

import (
	"context"
	"iter"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Message is a message as its handler sees it. What is absent is empty.
type Message struct {
	// ID is the name that its sender gave it.
	ID   string
	Type MessageType
	// Sender is the agent that sent it.
	Sender string
	// SessionID is the session that it is part of.
	SessionID string
	// CorrelationID is the message that it answers.
	CorrelationID string
	// ParentTaskID is the task that caused it.
	ParentTaskID string
	// Step is the workflow step that it belongs to.
	Step     string
	Priority Priority
	// Payload is the JSON content; an empty object if there is none.
	Payload JSON
	// Data is the content if it is not JSON; ContentType says what it is.
	Data        []byte
	ContentType string
	Metadata    map[string]string
	// SentAt is when the sender made it, by the sender's clock.
	SentAt time.Time
	// AcceptedAt is when the bus had it on disk, by the clock of the bus.
	AcceptedAt time.Time
	// Timeout is the time that the sender gives one attempt of a task.
	Timeout time.Duration
	// Attempt counts the deliveries of the message, from 1.
	Attempt int
	// Redelivered says whether it may have been handled before, by this process or another.
	Redelivered bool

	run *run
}

// errNotDelivered is for a message that a program made itself, as it may to try a handler.
var errNotDelivered = invalidError("the message did not come from the bus: there is nothing to send by")

// Send sends a message in the session of this one, and with its place in a trace. Returns when it is on disk.
func (m *Message) Send(ctx context.Context, message OutgoingMessage) (*Sent, error) {
	if m.run == nil {
		return nil, errNotDelivered
	}
	return m.run.outlet.send(ctx, m.run, m.inherit(message))
}

// Watch follows the session of the message, see [Agent.Watch].
func (m *Message) Watch(ctx context.Context, after uint64) iter.Seq2[*SessionEvent, error] {
	if m.run == nil {
		return func(yield func(*SessionEvent, error) bool) { yield(nil, errNotDelivered) }
	}
	return m.run.outlet.watch(ctx, m.SessionID, after)
}

// inherit passes on what a message has for those that it causes: its session and its place in a trace.
func (m *Message) inherit(message OutgoingMessage) OutgoingMessage {
	if message.SessionID == "" {
		message.SessionID = m.SessionID
	}
	metadata := make(map[string]string, len(message.Metadata)+2)
	for _, key := range []string{"traceparent", "tracestate"} {
		if value, ok := m.Metadata[key]; ok {
			metadata[key] = value
		}
	}
	if len(metadata) == 0 {
		return message
	}
	for key, value := range message.Metadata {
		metadata[key] = value
	}
	message.Metadata = metadata
	return message
}

// newMessage makes the plain form of a delivery.
func newMessage(delivery *agentbusv1.Delivery) *Message {
	envelope := delivery.GetMessage()
	message := &Message{
		ID:            envelope.GetMessageId(),
		Type:          messageTypes.word(int32(envelope.GetMessageType())),
		Sender:        envelope.GetSender().GetAgentId(),
		SessionID:     envelope.GetSender().GetSessionId(),
		CorrelationID: envelope.GetCorrelationId(),
		ParentTaskID:  envelope.GetParentTaskId(),
		Step:          envelope.GetStep(),
		Priority:      priorities.word(int32(envelope.GetPriority())),
		Payload:       envelope.GetPayload().AsMap(),
		Data:          envelope.GetData(),
		ContentType:   envelope.GetContentType(),
		Metadata:      envelope.GetMetadata(),
		SentAt:        timeOf(envelope.GetTimestamp()),
		AcceptedAt:    timeOf(delivery.GetAcceptedTime()),
		Attempt:       int(delivery.GetAttempt()),
		Redelivered:   delivery.GetRedeliveredBecause() != agentbusv1.RedeliveryReason_REDELIVERY_REASON_UNSPECIFIED,
	}
	if timeout := envelope.GetRouting().GetTimeout(); timeout != nil {
		message.Timeout = timeout.AsDuration()
	}
	return message
}

// timeOf is the zero time for what is absent.
func timeOf(timestamp *timestamppb.Timestamp) time.Time {
	if timestamp == nil {
		return time.Time{}
	}
	return timestamp.AsTime()
}
