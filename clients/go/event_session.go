package agentbus

// SessionCreatedEvent says that the session began.
type SessionCreatedEvent struct {
	// Session is how it was at its beginning.
	Session *SessionRecord
}

// ParticipantAddedEvent says that an agent joined.
type ParticipantAddedEvent struct {
	Participant ParticipantRecord
}

// ParticipantRemovedEvent says that an agent left or was removed.
type ParticipantRemovedEvent struct {
	AgentID string
}

// WorkflowUpdatedEvent says that the workflow moved.
type WorkflowUpdatedEvent struct {
	// Workflow is how it is from now on.
	Workflow WorkflowRecord
}

// SharedContextUpdatedEvent says that the shared context changed: one of Replaced and MergePatch is not nil.
type SharedContextUpdatedEvent struct {
	// Revision from now on.
	Revision uint64
	// Replaced is the whole context from now on.
	Replaced JSON
	// MergePatch is a JSON merge patch (RFC 7396) on the context before.
	MergePatch JSON
}

// MessageSentEvent says that a message other than a task's was sent in the session.
type MessageSentEvent struct {
	MessageID     string
	Sender        string
	Recipient     string
	Type          MessageType
	Priority      Priority
	CorrelationID string
	Step          string
	// EnvelopeBytes is the size of the encoded envelope.
	EnvelopeBytes int
}

// SessionCompletedEvent says that the session ended as planned.
type SessionCompletedEvent struct {
	Completion Completion
}

// SessionTerminatedEvent says that the session was broken off.
type SessionTerminatedEvent struct {
	Termination Termination
}

func (*SessionCreatedEvent) isEventBody()       {}
func (*ParticipantAddedEvent) isEventBody()     {}
func (*ParticipantRemovedEvent) isEventBody()   {}
func (*WorkflowUpdatedEvent) isEventBody()      {}
func (*SharedContextUpdatedEvent) isEventBody() {}
func (*MessageSentEvent) isEventBody()          {}
func (*SessionCompletedEvent) isEventBody()     {}
func (*SessionTerminatedEvent) isEventBody()    {}
