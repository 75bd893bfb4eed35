package agentbus

import (
	"context"
	"crypto/tls"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// OrchestratorOptions says where the bus is and who leads. Address, APIKey and AgentID are required.
type OrchestratorOptions struct {
	// Address of the bus, such as http://127.0.0.1:8080; https:// for TLS.
	Address string
	// APIKey is the key of the principal.
	APIKey string
	// AgentID is the agent to speak as, `{framework}://{name}`; the key must allow it.
	AgentID string
	// TLS has the roots to trust for an https:// address. Default: those of the system.
	TLS *tls.Config
	// Backoff says how the waits between tries grow while the bus is unavailable.
	Backoff Backoff
}

// Orchestrator opens and leads sessions by single calls. Its methods may be called by several goroutines at once.
//
// Each call has 30 s, or less if its context says so. Those that may be repeated are, while the bus is unavailable. Tasks
// that are delegated here, and not by a [Session], are outside of sessions: Task tells how they go.
type Orchestrator struct {
	delegator
	agentID string
	agents  agentbusv1.AgentServiceClient
	close   context.CancelCauseFunc
}

// NewOrchestrator makes a client, which connects with its first call. Fails only for options that cannot be meant.
func NewOrchestrator(options OrchestratorOptions) (*Orchestrator, error) {
	connection := connection{
		address: options.Address,
		apiKey:  options.APIKey,
		agentID: options.AgentID,
		tls:     options.TLS,
	}
	link, err := newLink(connection)
	if err != nil {
		return nil, err
	}
	closed, closeNow := context.WithCancelCause(context.Background())
	calls := &calls{link: link, address: options.Address, backoff: options.Backoff.withDefaults(), closed: closed}
	return &Orchestrator{
		delegator: delegator{
			calls:    calls,
			stamper:  newStamper(options.AgentID),
			sessions: agentbusv1.NewSessionServiceClient(calls),
			messages: agentbusv1.NewMessageServiceClient(calls),
		},
		agentID: options.AgentID,
		agents:  agentbusv1.NewAgentServiceClient(calls),
		close:   closeNow,
	}, nil
}

// Close ends what follows sessions and waits for answers, which fails with CANCELLED, and lets the connection go.
func (o *Orchestrator) Close() error {
	if o.calls.closed.Err() != nil {
		return nil
	}
	o.close(&Error{Code: Canceled, Message: "the orchestrator client is closed"})
	return o.calls.link.close()
}

// CreateSession opens a session that this agent leads. Fails with SESSION_ALREADY_EXISTS if its id is taken, and with
// WORKFLOW_INVALID for steps that contradict each other.
func (o *Orchestrator) CreateSession(ctx context.Context, spec SessionSpec) (*Session, error) {
	request, err := spec.request(o.agentID)
	if err != nil {
		return nil, err
	}
	record, err := sessionOf(o.sessions.CreateSession(ctx, request))
	if err != nil {
		return nil, err
	}
	return o.Session(record.SessionID), nil
}

// Session takes up a session that exists. Asks nothing of the bus: a wrong id shows in the first call.
func (o *Orchestrator) Session(sessionID string) *Session {
	delegator := o.delegator
	delegator.sessionID = sessionID
	return &Session{delegator: delegator}
}

// Delegate asks an agent to do a task outside of sessions; see [Session.Delegate].
func (o *Orchestrator) Delegate(ctx context.Context, task TaskRequest) (string, error) {
	return o.delegate(ctx, task)
}

// Ask asks an agent to do a task outside of sessions, and waits for the answer; see [Session.Ask].
func (o *Orchestrator) Ask(ctx context.Context, task TaskRequest) (*Answer, error) {
	return o.ask(ctx, task)
}

// Task reads a task outside of sessions that this agent delegated or was given, with its result. Fails with TASK_NOT_FOUND.
func (o *Orchestrator) Task(ctx context.Context, taskID string) (*TaskRecord, error) {
	return o.task(ctx, taskID)
}

// CancelTask calls off a task outside of sessions; see [Session.CancelTask].
func (o *Orchestrator) CancelTask(ctx context.Context, taskID, reason string) (*TaskRecord, error) {
	return o.cancelTask(ctx, taskID, reason)
}
