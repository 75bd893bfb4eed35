package main

import (
	"fmt"
	"strings"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// sessionWords say what session is to be opened.
type sessionWords struct {
	SessionID    string `json:"session_id"`
	Participants []struct {
		AgentID string `json:"agent_id"`
		Role    string `json:"role"`
	} `json:"participants"`
	Steps []struct {
		Name           string   `json:"name"`
		RequiredAgents []string `json:"required_agents"`
		DependsOn      []string `json:"depends_on"`
	} `json:"steps"`
	SharedContext agentbus.JSON     `json:"shared_context"`
	Labels        map[string]string `json:"labels"`
}

func (s sessionWords) spec() agentbus.SessionSpec {
	spec := agentbus.SessionSpec{SessionID: s.SessionID, SharedContext: s.SharedContext, Labels: s.Labels}
	for _, participant := range s.Participants {
		spec.Participants = append(spec.Participants, agentbus.Participant(participant))
	}
	for _, step := range s.Steps {
		spec.Steps = append(spec.Steps, agentbus.StepSpec{
			Name: step.Name, RequiredAgents: step.RequiredAgents, DependsOn: step.DependsOn,
		})
	}
	return spec
}

func (t *testee) connectOrchestrator(with with) error {
	roots, err := rootsOf(with.CAFile)
	if err != nil {
		return err
	}
	orchestrator, err := agentbus.NewOrchestrator(agentbus.OrchestratorOptions{
		Address: with.Address, APIKey: with.APIKey, AgentID: with.AgentID, TLS: roots,
	})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.orchestrators[with.Orchestrator] = orchestrator
	return nil
}

func (t *testee) doOrchestrator(command string, with with) (any, error) {
	orchestrator, err := t.orchestrator(with.Orchestrator)
	if err != nil {
		return nil, err
	}
	switch command {
	case "orchestrator.close":
		return nil, orchestrator.Close()
	case "orchestrator.create_session":
		session, err := orchestrator.CreateSession(t.ctx, with.Session.spec())
		if err != nil {
			return nil, err
		}
		return sessionFacts(session.Get(t.ctx))
	}
	if with.SessionID != "" {
		session := orchestrator.Session(with.SessionID)
		if strings.HasSuffix(command, "ask") || strings.Contains(command, "task") || strings.HasSuffix(command, "delegate") {
			return t.doTask(command, with, session)
		}
		return t.doSession(command, with, session)
	}
	return t.doTask(command, with, orchestrator)
}

func (t *testee) doSession(command string, with with, session *agentbus.Session) (any, error) {
	switch command {
	case "orchestrator.session":
		return sessionFacts(session.Get(t.ctx))
	case "orchestrator.update_shared_context":
		if with.Replace != nil {
			return sessionFacts(session.ReplaceSharedContext(t.ctx, with.Replace, with.ExpectedRevision))
		}
		return sessionFacts(session.MergeSharedContext(t.ctx, with.Merge, with.ExpectedRevision))
	case "orchestrator.complete":
		return sessionFacts(session.Complete(t.ctx, agentbus.Completion{Summary: with.Summary, Artifacts: with.Artifacts}))
	case "orchestrator.terminate":
		return sessionFacts(session.Terminate(t.ctx, agentbus.Termination{Reason: with.Reason, Details: with.Details}))
	case "orchestrator.watch":
		return t.watch(session, with.After)
	default:
		return nil, fmt.Errorf("there is no command %q", command)
	}
}

func (t *testee) watch(session *agentbus.Session, after uint64) (any, error) {
	last := after
	for event, err := range session.Events(t.ctx, agentbus.EventQuery{After: after}) {
		if err != nil {
			return nil, err
		}
		last = event.Sequence
		t.teller.tell(map[string]any{
			"event": "session_event", "session_id": event.SessionID, "sequence": event.Sequence,
			"type": strings.ToLower(string(event.Type)), "actor": event.Actor,
		})
	}
	return map[string]any{"last_sequence": last}, nil
}

func sessionFacts(session *agentbus.SessionRecord, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"session_id": session.SessionID, "state": session.State, "last_sequence": session.LastSequence,
		"shared_context": session.SharedContext, "context_revision": session.ContextRevision,
	}, nil
}
