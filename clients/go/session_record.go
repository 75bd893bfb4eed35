package agentbus

import (
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// SessionRecord is a session as the bus sees it.
type SessionRecord struct {
	SessionID string
	// Orchestrator is the agent that leads it.
	Orchestrator string
	// Participants are its roster, in order of joining; removed participants stay, marked so.
	Participants  []ParticipantRecord
	Workflow      WorkflowRecord
	SharedContext JSON
	// ContextRevision counts the changes of SharedContext; 1 for the one that it was created with.
	ContextRevision uint64
	State           SessionState
	Labels          map[string]string
	CreatedAt       time.Time
	// UpdatedAt is when its newest event happened, and LastSequence that event's sequence.
	UpdatedAt    time.Time
	LastSequence uint64
	// IdleTimeout is how long it may stay without an event; 0 means forever.
	IdleTimeout time.Duration
	// Completion is how it was completed; nil unless State is SessionCompleted.
	Completion *Completion
	// Termination is how it was terminated; nil unless State is SessionTerminated.
	Termination *Termination
}

// SessionState is whether a session is under way.
type SessionState string

// The states of sessions.
const (
	SessionActive     SessionState = "ACTIVE"
	SessionCompleted  SessionState = "COMPLETED"
	SessionTerminated SessionState = "TERMINATED"
)

// Completion is how a session ended as planned.
type Completion struct {
	// Summary is what was achieved.
	Summary string
	// Artifacts are where the results are, as URIs.
	Artifacts []string
}

// Termination is how a session was broken off.
type Termination struct {
	// Reason is a word that programs can compare. The bus's own: `idle_timeout`, `step_failed`.
	Reason string
	// Details are for people.
	Details string
}

// ParticipantRecord is a member of a session.
type ParticipantRecord struct {
	AgentID  string
	Role     string
	Status   ParticipantStatus
	JoinedAt time.Time
}

// ParticipantStatus is whether a participant takes part.
type ParticipantStatus string

// The statuses of participants.
const (
	ParticipantActive  ParticipantStatus = "ACTIVE"
	ParticipantRemoved ParticipantStatus = "REMOVED"
)

func newSessionRecord(session *agentbusv1.Session) *SessionRecord {
	record := &SessionRecord{
		SessionID:       session.GetSessionId(),
		Orchestrator:    session.GetOrchestrator(),
		Workflow:        newWorkflowRecord(session.GetWorkflow()),
		SharedContext:   session.GetSharedContext().AsMap(),
		ContextRevision: session.GetContextRevision(),
		State:           sessionStates.word(int32(session.GetState())),
		Labels:          session.GetLabels(),
		CreatedAt:       timeOf(session.GetCreatedAt()),
		UpdatedAt:       timeOf(session.GetUpdatedAt()),
		LastSequence:    session.GetLastSequence(),
		IdleTimeout:     session.GetIdleTimeout().AsDuration(),
	}
	for _, participant := range session.GetParticipants() {
		record.Participants = append(record.Participants, newParticipantRecord(participant))
	}
	if session.GetCompletion() != nil {
		record.Completion = newCompletion(session.GetCompletion())
	}
	if session.GetTermination() != nil {
		record.Termination = newTermination(session.GetTermination())
	}
	return record
}

// sessionOf takes the session out of a response.
func sessionOf(response interface{ GetSession() *agentbusv1.Session }, err error) (*SessionRecord, error) {
	if err != nil {
		return nil, err
	}
	if response.GetSession() == nil {
		return nil, missingError("session")
	}
	return newSessionRecord(response.GetSession()), nil
}

func newParticipantRecord(participant *agentbusv1.Participant) ParticipantRecord {
	return ParticipantRecord{
		AgentID:  participant.GetAgentId(),
		Role:     participant.GetRole(),
		Status:   participantStatuses.word(int32(participant.GetStatus())),
		JoinedAt: timeOf(participant.GetJoinTime()),
	}
}

func newCompletion(completion *agentbusv1.Completion) *Completion {
	return &Completion{Summary: completion.GetSummary(), Artifacts: completion.GetArtifacts()}
}

func newTermination(termination *agentbusv1.Termination) *Termination {
	return &Termination{Reason: termination.GetReason(), Details: termination.GetDetails()}
}
