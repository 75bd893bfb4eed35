package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// testee is the agents and orchestrators that the driver has asked for, by the names that it gave them.
type testee struct {
	ctx    context.Context
	teller *teller
	holds  *holds

	mu            sync.Mutex
	agents        map[string]*agentbus.Agent
	orchestrators map[string]*agentbus.Orchestrator
}

func newTestee(ctx context.Context, teller *teller) *testee {
	return &testee{
		ctx:           ctx,
		teller:        teller,
		holds:         newHolds(),
		agents:        map[string]*agentbus.Agent{},
		orchestrators: map[string]*agentbus.Orchestrator{},
	}
}

// with is what commands come with; each has its own part of it.
type with struct {
	Agent        string `json:"agent"`
	Orchestrator string `json:"orchestrator"`
	Address      string `json:"address"`
	APIKey       string `json:"api_key"`
	AgentID      string `json:"agent_id"`
	CAFile       string `json:"ca_file"`

	InstanceID       string   `json:"instance_id"`
	Capabilities     []string `json:"capabilities"`
	MaxInFlight      int      `json:"max_in_flight"`
	LeaseMS          float64  `json:"lease_ms"`
	ConnectTimeoutMS float64  `json:"connect_timeout_ms"`
	ProtocolVersion  int      `json:"protocol_version"`
	Handlers         *bool    `json:"handlers"`

	GraceMS *float64     `json:"grace_ms"`
	Message messageWords `json:"message"`
	Hold    string       `json:"hold"`

	Session          sessionWords  `json:"session"`
	SessionID        string        `json:"session_id"`
	Merge            agentbus.JSON `json:"merge"`
	Replace          agentbus.JSON `json:"replace"`
	ExpectedRevision uint64        `json:"expected_revision"`
	Task             messageWords  `json:"task"`
	TaskID           string        `json:"task_id"`
	WaitMS           float64       `json:"wait_ms"`
	Reason           string        `json:"reason"`
	Details          string        `json:"details"`
	Summary          string        `json:"summary"`
	Artifacts        []string      `json:"artifacts"`
	After            uint64        `json:"after"`

	From     string `json:"from"`
	To       string `json:"to"`
	Messages int    `json:"messages"`
	Bytes    int    `json:"bytes"`
	Window   int    `json:"window"`
}

// answer does a command and tells what it came to.
func (t *testee) answer(command command) {
	var with with
	err := json.Unmarshal(command.With, &with)
	var result any
	if err == nil {
		result, err = t.do(command.Command, with)
	}
	if err != nil {
		t.teller.tell(map[string]any{"id": command.ID, "error": newSaid(err)})
		return
	}
	if result == nil {
		result = struct{}{}
	}
	t.teller.tell(map[string]any{"id": command.ID, "result": result})
}

func (t *testee) do(command string, with with) (any, error) {
	switch command {
	case "release":
		t.holds.release(with.Hold)
		return nil, nil
	case "bench":
		return bench(t.ctx, with)
	case "agent.connect":
		return nil, t.connectAgent(with)
	case "orchestrator.connect":
		return nil, t.connectOrchestrator(with)
	}
	if with.Agent != "" {
		return t.doAgent(command, with)
	}
	return t.doOrchestrator(command, with)
}

func (t *testee) agent(name string) (*agentbus.Agent, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	agent, ok := t.agents[name]
	if !ok {
		return nil, fmt.Errorf("there is no agent %q", name)
	}
	return agent, nil
}

func (t *testee) orchestrator(name string) (*agentbus.Orchestrator, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	orchestrator, ok := t.orchestrators[name]
	if !ok {
		return nil, fmt.Errorf("there is no orchestrator %q", name)
	}
	return orchestrator, nil
}

// end lets everything go without waiting for handlers that were never released.
func (t *testee) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	gone, cancel := context.WithCancel(t.ctx)
	cancel()
	var leaving sync.WaitGroup
	for _, agent := range t.agents {
		// What it ended with was told by its status.
		leaving.Go(func() { _ = agent.Close(gone) })
	}
	leaving.Wait()
	for _, orchestrator := range t.orchestrators {
		_ = orchestrator.Close()
	}
}
