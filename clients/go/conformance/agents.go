package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

func (t *testee) connectAgent(with with) error {
	roots, err := rootsOf(with.CAFile)
	if err != nil {
		return err
	}
	options := agentbus.AgentOptions{
		Address:         with.Address,
		APIKey:          with.APIKey,
		AgentID:         with.AgentID,
		TLS:             roots,
		InstanceID:      with.InstanceID,
		Capabilities:    with.Capabilities,
		MaxInFlight:     with.MaxInFlight,
		Lease:           milliseconds(with.LeaseMS),
		ConnectTimeout:  milliseconds(with.ConnectTimeoutMS),
		ProtocolVersion: with.ProtocolVersion,
		OnStatus: func(status agentbus.Status) {
			event := map[string]any{"event": "status", "agent": with.Agent, "state": status.State}
			if status.Err != nil {
				event["error"] = newSaid(status.Err)
			}
			t.teller.tell(event)
		},
	}
	if with.Handlers == nil || *with.Handlers {
		actor := &actor{testee: t, agent: with.Agent}
		options.OnTask = actor.task
		options.OnMessage = actor.message
	}
	agent, err := agentbus.StartAgent(options)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.agents[with.Agent] = agent
	return nil
}

func (t *testee) doAgent(command string, with with) (any, error) {
	agent, err := t.agent(with.Agent)
	if err != nil {
		return nil, err
	}
	switch command {
	case "agent.ready":
		return nil, agent.Ready(t.ctx)
	case "agent.closed":
		return nil, agent.Wait()
	case "agent.drain":
		return nil, t.leave(agent.Drain, with.GraceMS)
	case "agent.close":
		return nil, t.leave(agent.Close, with.GraceMS)
	case "agent.send":
		message, err := with.Message.message()
		if err != nil {
			return nil, err
		}
		sent, err := agent.Send(t.ctx, message)
		if err != nil {
			return nil, err
		}
		return map[string]any{
			"message_id": sent.MessageID, "duplicate": sent.Duplicate, "recipients": sent.Recipients,
		}, nil
	default:
		return nil, fmt.Errorf("there is no command %q", command)
	}
}

// leave counts an agent whose grace time ran out as one that has left.
func (t *testee) leave(leave func(context.Context) error, graceMS *float64) error {
	ctx := t.ctx
	if graceMS != nil {
		bounded, cancel := context.WithTimeout(ctx, milliseconds(*graceMS))
		defer cancel()
		ctx = bounded
	}
	err := leave(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	return err
}

// rootsOf is nil for those of the system.
func rootsOf(file string) (*tls.Config, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate", file)
	}
	return &tls.Config{RootCAs: roots}, nil
}

func milliseconds(count float64) time.Duration {
	return time.Duration(count * float64(time.Millisecond))
}
