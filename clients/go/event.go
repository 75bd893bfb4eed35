package agentbus

import (
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// SessionEvent is one change of a session. A session is the fold of its events.
type SessionEvent struct {
	SessionID string
	// Sequence numbers the events of a session: 1, 2, 3 and so on, without gaps.
	Sequence uint64
	// Time is by the clock of the bus.
	Time time.Time
	// Actor is who did it: an agent id, `principal:{name}`, or `bus` for what the bus does by itself.
	Actor string
	// Cause is the id of the message that brought it about.
	Cause string
	Type  EventType
	// Body is what happened: a *TaskCompletedEvent for EventTaskCompleted, and so on. Nil for an event that this client
	// does not know.
	Body EventBody
}

// EventBody is what happened: one of the types whose names end with Event.
type EventBody interface {
	isEventBody()
}

// EventType is the kind of an event.
type EventType string

// The kinds of events.
const (
	EventSessionCreated       EventType = "SESSION_CREATED"
	EventParticipantAdded     EventType = "PARTICIPANT_ADDED"
	EventParticipantRemoved   EventType = "PARTICIPANT_REMOVED"
	EventWorkflowUpdated      EventType = "WORKFLOW_UPDATED"
	EventSharedContextUpdated EventType = "SHARED_CONTEXT_UPDATED"
	EventMessageSent          EventType = "MESSAGE_SENT"
	EventTaskDelegated        EventType = "TASK_DELEGATED"
	EventTaskDelivered        EventType = "TASK_DELIVERED"
	EventTaskAccepted         EventType = "TASK_ACCEPTED"
	EventTaskProgressed       EventType = "TASK_PROGRESSED"
	EventTaskAttemptFailed    EventType = "TASK_ATTEMPT_FAILED"
	EventTaskCompleted        EventType = "TASK_COMPLETED"
	EventTaskFailed           EventType = "TASK_FAILED"
	EventTaskTimedOut         EventType = "TASK_TIMED_OUT"
	EventTaskCancelled        EventType = "TASK_CANCELLED"
	EventTaskResponseIgnored  EventType = "TASK_RESPONSE_IGNORED"
	EventSessionCompleted     EventType = "SESSION_COMPLETED"
	EventSessionTerminated    EventType = "SESSION_TERMINATED"
)

// newSessionEvent makes the plain form of an event.
func newSessionEvent(event *agentbusv1.SessionEvent) *SessionEvent {
	plain := &SessionEvent{
		SessionID: event.GetSessionId(),
		Sequence:  event.GetSequence(),
		Time:      timeOf(event.GetTime()),
		Actor:     event.GetActor(),
		Cause:     event.GetCause(),
	}
	// The types are numbered as the fields of the body are.
	message := event.ProtoReflect()
	if field := message.WhichOneof(message.Descriptor().Oneofs().ByName("body")); field != nil {
		plain.Type = eventTypes.word(int32(field.Number()))
		plain.Body = newEventBody(event)
	}
	return plain
}

// endsSession says whether the event is the last one of its session.
func endsSession(event *agentbusv1.SessionEvent) bool {
	return event.GetSessionCompleted() != nil || event.GetSessionTerminated() != nil
}
