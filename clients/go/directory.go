package agentbus

import (
	"context"
	"iter"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// SessionQuery says which sessions to list; its zero value means all.
type SessionQuery struct {
	State SessionState
	// Participant is an agent that leads them or takes part in them.
	Participant string
	// Labels that they all carry.
	Labels map[string]string
}

// Sessions lists the sessions that the agent is a member of, newest first, without their shared context; fetched page by
// page.
func (o *Orchestrator) Sessions(ctx context.Context, query SessionQuery) iter.Seq2[*SessionRecord, error] {
	return pages(func(pageToken string) ([]*SessionRecord, string, error) {
		state, err := sessionStates.number(query.State)
		if err != nil {
			return nil, "", err
		}
		page, err := o.sessions.ListSessions(ctx, &agentbusv1.ListSessionsRequest{
			State:       agentbusv1.SessionState(state),
			Participant: query.Participant,
			Labels:      query.Labels,
			PageToken:   pageToken,
		})
		return mapped(page.GetSessions(), newSessionRecord), page.GetNextPageToken(), err
	})
}

// AgentQuery says which agents to list; its zero value means all.
type AgentQuery struct {
	Status     AgentPresence
	Capability string
}

// Agents lists the registered agents, ascending by id; fetched page by page.
func (o *Orchestrator) Agents(ctx context.Context, query AgentQuery) iter.Seq2[*AgentRecord, error] {
	return pages(func(pageToken string) ([]*AgentRecord, string, error) {
		status, err := agentStatuses.number(query.Status)
		if err != nil {
			return nil, "", err
		}
		page, err := o.agents.ListAgents(ctx, &agentbusv1.ListAgentsRequest{
			Status:     agentbusv1.AgentStatus(status),
			Capability: query.Capability,
			PageToken:  pageToken,
		})
		return mapped(page.GetAgents(), newAgentRecord), page.GetNextPageToken(), err
	})
}

// Agent reads one registered agent. Fails with AGENT_NOT_FOUND.
func (o *Orchestrator) Agent(ctx context.Context, agentID string) (*AgentRecord, error) {
	response, err := o.agents.GetAgent(ctx, &agentbusv1.GetAgentRequest{AgentId: agentID})
	if err != nil {
		return nil, err
	}
	if response.GetAgent() == nil {
		return nil, missingError("agent")
	}
	return newAgentRecord(response.GetAgent()), nil
}

// MessageStatus is where one recipient's copy of a message is.
type MessageStatus struct {
	Recipient  string
	State      MessageState
	AcceptedAt time.Time
	// StateAt is when State was reached; zero where that is not kept.
	StateAt time.Time
	// Attempt counts the deliveries so far.
	Attempt int
	// Reason says why, for MessageDeadLettered and MessageWithdrawn.
	Reason string
}

// MessageStatus says where a message that this agent sent is: one entry for each time it was put into a mailbox, oldest
// first. Fails with MESSAGE_NOT_FOUND if it was never accepted, or longer than 24 hours ago.
func (o *Orchestrator) MessageStatus(ctx context.Context, messageID string) ([]MessageStatus, error) {
	response, err := o.messages.GetMessageStatus(ctx, &agentbusv1.GetMessageStatusRequest{
		Sender:    o.agentID,
		MessageId: messageID,
	})
	if err != nil {
		return nil, err
	}
	return mapped(response.GetStatuses(), func(status *agentbusv1.MessageStatus) MessageStatus {
		return MessageStatus{
			Recipient:  status.GetRecipient(),
			State:      messageStates.word(int32(status.GetState())),
			AcceptedAt: timeOf(status.GetAcceptedTime()),
			StateAt:    timeOf(status.GetStateTime()),
			Attempt:    int(status.GetAttempt()),
			Reason:     status.GetReason(),
		}
	}), nil
}
