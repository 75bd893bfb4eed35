package agentbus

import (
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// WorkflowRecord is the steps of a session and where it stands.
type WorkflowRecord struct {
	// Steps are in the order in which they were given.
	Steps []StepRecord
	// CurrentStep is the one that is under way; empty when none is.
	CurrentStep    string
	CompletedSteps []string
	// PendingSteps have not started.
	PendingSteps []string
	Mode         WorkflowMode
}

// StepRecord is one step of a workflow.
type StepRecord struct {
	Name string
	// RequiredAgents must each complete a task in it, the orchestrator excepted.
	RequiredAgents []string
	// DependsOn are steps that must be completed or skipped before it starts.
	DependsOn []string
	Status    StepStatus
	StartedAt time.Time
	EndedAt   time.Time
	OnFailure StepFailurePolicy
}

// WorkflowMode is who moves a workflow on.
type WorkflowMode string

// The modes of workflows. Automatic is the default.
const (
	// WorkflowAutomatic moves on as its tasks end.
	WorkflowAutomatic WorkflowMode = "AUTOMATIC"
	// WorkflowManual is moved on by Session.UpdateWorkflow alone.
	WorkflowManual WorkflowMode = "MANUAL"
)

// StepStatus is where a step stands.
type StepStatus string

// The statuses of steps.
const (
	StepPending    StepStatus = "PENDING"
	StepInProgress StepStatus = "IN_PROGRESS"
	StepCompleted  StepStatus = "COMPLETED"
	StepFailed     StepStatus = "FAILED"
	StepSkipped    StepStatus = "SKIPPED"
)

// StepFailurePolicy is what follows when a step of an automatic workflow fails.
type StepFailurePolicy string

// The policies for steps that fail. Hold is the default.
const (
	// HoldOnFailure waits for a new task in the step, or for UpdateWorkflow.
	HoldOnFailure StepFailurePolicy = "HOLD"
	// SkipOnFailure goes on as if the step were completed.
	SkipOnFailure StepFailurePolicy = "SKIP"
	// StopOnFailure terminates the session with the reason `step_failed`.
	StopOnFailure StepFailurePolicy = "STOP"
)

func newWorkflowRecord(workflow *agentbusv1.Workflow) WorkflowRecord {
	record := WorkflowRecord{
		CurrentStep:    workflow.GetCurrentStep(),
		CompletedSteps: workflow.GetCompletedSteps(),
		PendingSteps:   workflow.GetPendingSteps(),
		Mode:           workflowModes.word(int32(workflow.GetMode())),
	}
	for _, step := range workflow.GetSteps() {
		record.Steps = append(record.Steps, StepRecord{
			Name:           step.GetName(),
			RequiredAgents: step.GetRequiredAgents(),
			DependsOn:      step.GetDependsOn(),
			Status:         stepStatuses.word(int32(step.GetStatus())),
			StartedAt:      timeOf(step.GetStartedAt()),
			EndedAt:        timeOf(step.GetCompletedAt()),
			OnFailure:      failurePolicies.word(int32(step.GetOnFailure())),
		})
	}
	return record
}
