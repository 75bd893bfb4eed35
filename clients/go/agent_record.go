package agentbus

import (
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// AgentRecord is a registered agent and what the bus knows of it at this moment.
type AgentRecord struct {
	AgentID      string
	Capabilities []string
	DisplayName  string
	Version      string
	Metadata     map[string]string
	Status       AgentPresence
	// Instances are connected or were heard of within two heartbeats.
	Instances []AgentInstance
	// QueuedMessages are in its mailbox and not settled yet.
	QueuedMessages uint64
	RegisteredAt   time.Time
	// LastSeenAt is zero if the bus has not heard of it since the bus started.
	LastSeenAt time.Time
}

// AgentPresence is whether an agent is there. True within two heartbeat intervals.
type AgentPresence string

// The presences of agents.
const (
	AgentOnline AgentPresence = "ONLINE"
	// AgentSlow is connected, and falls behind.
	AgentSlow    AgentPresence = "SLOW"
	AgentOffline AgentPresence = "OFFLINE"
)

// AgentInstance is one running process of an agent.
type AgentInstance struct {
	InstanceID string
	// Connected says whether it holds a stream; otherwise it was heard of by single calls.
	Connected bool
	Slow      bool
	// InFlight counts the deliveries that it has not settled.
	InFlight int
	// Load is how busy it says it is, 0 to 1.
	Load       float64
	Note       string
	LastSeenAt time.Time
}

func newAgentRecord(agent *agentbusv1.Agent) *AgentRecord {
	descriptor := agent.GetDescriptor_()
	record := &AgentRecord{
		AgentID:        descriptor.GetAgentId(),
		Capabilities:   descriptor.GetCapabilities(),
		DisplayName:    descriptor.GetDisplayName(),
		Version:        descriptor.GetVersion(),
		Metadata:       descriptor.GetMetadata(),
		Status:         agentStatuses.word(int32(agent.GetStatus())),
		QueuedMessages: agent.GetQueuedMessages(),
		RegisteredAt:   timeOf(agent.GetRegisteredTime()),
		LastSeenAt:     timeOf(agent.GetLastSeenTime()),
	}
	for _, instance := range agent.GetInstances() {
		record.Instances = append(record.Instances, AgentInstance{
			InstanceID: instance.GetInstanceId(),
			Connected:  instance.GetConnected(),
			Slow:       instance.GetSlow(),
			InFlight:   int(instance.GetInFlight()),
			Load:       instance.GetLoad(),
			Note:       instance.GetNote(),
			LastSeenAt: timeOf(instance.GetLastSeenTime()),
		})
	}
	return record
}
