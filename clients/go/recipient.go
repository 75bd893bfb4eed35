package agentbus

import agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"

// Recipient is who is to get a message: an [AgentID], a [Role], a [Capability] or [AllParticipants].
type Recipient interface {
	recipient() *agentbusv1.Recipient
}

// AgentID names an agent, `{framework}://{name}`.
type AgentID string

// Role means all participants of the session in a role; each gets a message of its own.
type Role string

// Capability means the least busy agent that has it.
type Capability string

// AllParticipants means everybody in the session but the sender; each gets a message of its own.
var AllParticipants Recipient = allParticipants{}

type allParticipants struct{}

func (id AgentID) recipient() *agentbusv1.Recipient {
	return &agentbusv1.Recipient{Target: &agentbusv1.Recipient_AgentId{AgentId: string(id)}}
}

func (role Role) recipient() *agentbusv1.Recipient {
	return &agentbusv1.Recipient{Target: &agentbusv1.Recipient_Role{Role: string(role)}}
}

func (capability Capability) recipient() *agentbusv1.Recipient {
	return &agentbusv1.Recipient{Target: &agentbusv1.Recipient_Capability{Capability: string(capability)}}
}

func (allParticipants) recipient() *agentbusv1.Recipient {
	return &agentbusv1.Recipient{Target: &agentbusv1.Recipient_AllParticipants{AllParticipants: true}}
}
