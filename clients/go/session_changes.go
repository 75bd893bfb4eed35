package agentbus

import (
	"context"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// AnyRevision is for changes of a shared context that do not depend on what it was.
const AnyRevision = 0

// MergeSharedContext merges a JSON merge patch (RFC 7396) into the shared context: nil removes a key. Unless revision is
// AnyRevision it fails with CONTEXT_REVISION_MISMATCH if somebody was faster; the facts have the `actual` revision.
func (s *Session) MergeSharedContext(ctx context.Context, patch JSON, revision uint64) (*SessionRecord, error) {
	merge, err := structOf(patch)
	if err != nil {
		return nil, err
	}
	return s.updateSharedContext(ctx, revision, &agentbusv1.UpdateSharedContextRequest{
		Change: &agentbusv1.UpdateSharedContextRequest_MergePatch{MergePatch: merge},
	})
}

// ReplaceSharedContext says what the shared context is from now on; see MergeSharedContext for revision.
func (s *Session) ReplaceSharedContext(ctx context.Context, shared JSON, revision uint64) (*SessionRecord, error) {
	replace, err := structOf(shared)
	if err != nil {
		return nil, err
	}
	return s.updateSharedContext(ctx, revision, &agentbusv1.UpdateSharedContextRequest{
		Change: &agentbusv1.UpdateSharedContextRequest_SharedContext{SharedContext: replace},
	})
}

func (s *Session) updateSharedContext(
	ctx context.Context, revision uint64, request *agentbusv1.UpdateSharedContextRequest,
) (*SessionRecord, error) {
	request.SessionId = s.sessionID
	if revision != AnyRevision {
		request.ExpectedRevision = &revision
	}
	return sessionOf(s.sessions.UpdateSharedContext(ctx, request))
}

// AddParticipant adds an agent to the roster. For the orchestrator.
func (s *Session) AddParticipant(ctx context.Context, participant Participant) (*SessionRecord, error) {
	return sessionOf(s.sessions.AddParticipant(ctx, &agentbusv1.AddParticipantRequest{
		SessionId:   s.sessionID,
		Participant: participant.message(),
	}))
}

// RemoveParticipant removes an agent from the roster.
func (s *Session) RemoveParticipant(ctx context.Context, agentID string) (*SessionRecord, error) {
	return sessionOf(s.sessions.RemoveParticipant(ctx, &agentbusv1.RemoveParticipantRequest{
		SessionId: s.sessionID,
		AgentId:   agentID,
	}))
}

// WorkflowPosition is where a workflow stands; steps that are not named keep their status.
type WorkflowPosition struct {
	// CurrentStep is the one under way; empty for none.
	CurrentStep    string
	CompletedSteps []string
	PendingSteps   []string
}

// UpdateWorkflow says where the workflow stands. For the orchestrator.
func (s *Session) UpdateWorkflow(ctx context.Context, position WorkflowPosition) (*SessionRecord, error) {
	return sessionOf(s.sessions.UpdateWorkflow(ctx, &agentbusv1.UpdateWorkflowRequest{
		SessionId:      s.sessionID,
		CurrentStep:    position.CurrentStep,
		CompletedSteps: position.CompletedSteps,
		PendingSteps:   position.PendingSteps,
	}))
}

// Complete ends the session as planned. For the orchestrator.
func (s *Session) Complete(ctx context.Context, completion Completion) (*SessionRecord, error) {
	return sessionOf(s.sessions.CompleteSession(ctx, &agentbusv1.CompleteSessionRequest{
		SessionId: s.sessionID,
		Summary:   completion.Summary,
		Artifacts: completion.Artifacts,
	}))
}

// Terminate breaks the session off. For the orchestrator.
func (s *Session) Terminate(ctx context.Context, termination Termination) (*SessionRecord, error) {
	return sessionOf(s.sessions.TerminateSession(ctx, &agentbusv1.TerminateSessionRequest{
		SessionId: s.sessionID,
		Reason:    termination.Reason,
		Details:   termination.Details,
	}))
}
