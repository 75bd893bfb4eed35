package agentbus

import (
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// SessionSpec is a session to be opened. Its zero value is a session without members.
type SessionSpec struct {
	// SessionID is such as sess_notifications_20260201. Default: the bus makes one.
	SessionID    string
	Participants []Participant
	// Steps of the workflow, in order.
	Steps []StepSpec
	// WorkflowMode is WorkflowAutomatic unless it is said otherwise.
	WorkflowMode  WorkflowMode
	SharedContext JSON
	// Labels are words to find it by, at most 32.
	Labels map[string]string
	// IdleTimeout is the time without an event after which the bus terminates the session. Default: never.
	IdleTimeout time.Duration
}

// Participant is a member of a session to be.
type Participant struct {
	AgentID string
	// Role is what the agent does in this session, such as `implementer`.
	Role string
}

// StepSpec is a step of a new session's workflow.
type StepSpec struct {
	Name string
	// RequiredAgents must each complete a task in it.
	RequiredAgents []string
	// DependsOn are the steps that it waits for: nil means the one before it in the list, an empty slice none.
	DependsOn []string
	// OnFailure is HoldOnFailure unless it is said otherwise.
	OnFailure StepFailurePolicy
}

func (s SessionSpec) request(orchestrator string) (*agentbusv1.CreateSessionRequest, error) {
	request := &agentbusv1.CreateSessionRequest{
		SessionId:    s.SessionID,
		Orchestrator: orchestrator,
		Participants: mapped(s.Participants, Participant.message),
		Labels:       s.Labels,
		IdleTimeout:  optionalDuration(s.IdleTimeout),
	}
	mode, err := workflowModes.number(s.WorkflowMode)
	if err != nil {
		return nil, err
	}
	if len(s.Steps) > 0 || mode != 0 {
		request.Workflow = &agentbusv1.NewWorkflow{Mode: agentbusv1.WorkflowMode(mode)}
	}
	for _, step := range s.Steps {
		message, err := step.message()
		if err != nil {
			return nil, err
		}
		request.Workflow.Steps = append(request.Workflow.Steps, message)
	}
	if s.SharedContext != nil {
		request.SharedContext, err = structOf(s.SharedContext)
	}
	return request, err
}

func (p Participant) message() *agentbusv1.NewParticipant {
	return &agentbusv1.NewParticipant{AgentId: p.AgentID, Role: p.Role}
}

func (s StepSpec) message() (*agentbusv1.NewWorkflowStep, error) {
	policy, err := failurePolicies.number(s.OnFailure)
	if err != nil {
		return nil, err
	}
	step := &agentbusv1.NewWorkflowStep{
		Name:           s.Name,
		RequiredAgents: s.RequiredAgents,
		OnFailure:      agentbusv1.StepFailurePolicy(policy),
	}
	if s.DependsOn != nil {
		step.DependsOn = &agentbusv1.StepDependencies{Steps: s.DependsOn}
	}
	return step, nil
}
