package agentbus

import (
	"context"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// AggregationMethod is how the answers of several agents become one.
type AggregationMethod string

// The methods of aggregation. The contract says what each does with agents that differ.
const (
	// AggregateConsensus takes for each key the value that most agents give.
	AggregateConsensus AggregationMethod = "CONSENSUS"
	// AggregateConfidenceWeighted takes for each key the value whose agents are the surest.
	AggregateConfidenceWeighted AggregationMethod = "CONFIDENCE_WEIGHTED"
	// AggregateSpecialistPriority takes for each key what the agent says whose role comes first.
	AggregateSpecialistPriority AggregationMethod = "SPECIALIST_PRIORITY"
	// AggregateManual judges nothing: the answers and their conflicts are for somebody else to judge.
	AggregateManual AggregationMethod = "MANUAL"
)

// Aggregation is one result of the answers in a session.
type Aggregation struct {
	// UnifiedResult is the one result; nil for AggregateManual.
	UnifiedResult JSON
	// Confidence is how sure it is, 0 to 1.
	Confidence float64
	// Conflicts are keys on which the answers differ, whatever the method.
	Conflicts []Conflict
	// Results are the answers that take part, oldest first.
	Results []AgentResult
	// SummaryMarkdown is an executive summary of the session.
	SummaryMarkdown string
}

// AgentResult is one agent's answer as it went into an aggregation.
type AgentResult struct {
	AgentID string
	// Role is the agent's in the session; `orchestrator` for the agent that leads it.
	Role   string
	TaskID string
	Result *TaskResult
	// Confidence is how sure the agent said it was, 0 to 1; 1 if it did not say.
	Confidence float64
}

// Conflict is a key on which agents differ.
type Conflict struct {
	Key string
	// Values has each different one with those who gave it, the one that was given first at the head.
	Values []ConflictingValue
}

// ConflictingValue is one of several values that were given for one key.
type ConflictingValue struct {
	Value    any
	AgentIDs []string
}

// Aggregate makes one result of the answers to the session's tasks, and a summary of the session. Changes nothing.
// Role names, in order of precedence, are for AggregateSpecialistPriority.
func (s *Session) Aggregate(ctx context.Context, method AggregationMethod, roleOrder ...string) (*Aggregation, error) {
	number, err := aggregationMethods.number(method)
	if err != nil {
		return nil, err
	}
	response, err := s.sessions.AggregateResults(ctx, &agentbusv1.AggregateResultsRequest{
		SessionId: s.sessionID,
		Method:    agentbusv1.AggregationMethod(number),
		RoleOrder: roleOrder,
	})
	if err != nil {
		return nil, err
	}
	aggregation := &Aggregation{
		Confidence:      response.GetConfidence(),
		Conflicts:       mapped(response.GetConflicts(), newConflict),
		Results:         mapped(response.GetResults(), newAgentResult),
		SummaryMarkdown: response.GetSummaryMarkdown(),
	}
	if response.GetUnifiedResult() != nil {
		aggregation.UnifiedResult = response.GetUnifiedResult().AsMap()
	}
	return aggregation, nil
}

func newConflict(conflict *agentbusv1.Conflict) Conflict {
	return Conflict{
		Key: conflict.GetKey(),
		Values: mapped(conflict.GetValues(), func(value *agentbusv1.ConflictingValue) ConflictingValue {
			return ConflictingValue{Value: value.GetValue().AsInterface(), AgentIDs: value.GetAgentIds()}
		}),
	}
}

func newAgentResult(result *agentbusv1.AgentResult) AgentResult {
	return AgentResult{
		AgentID:    result.GetAgentId(),
		Role:       result.GetRole(),
		TaskID:     result.GetTaskId(),
		Result:     newTaskResult(result.GetResult()),
		Confidence: result.GetConfidence(),
	}
}
