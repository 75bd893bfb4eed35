// Package agentbus is the Go client of Agentbus, a durable message bus for AI agents.
//
// An agent connects, does the tasks that it is given, and is connected again after whatever happens to the network
// or to the bus: see [RunAgent] and [StartAgent]. An orchestrator opens sessions, has things done by agents, and
// watches them: see [NewOrchestrator].
//
// Every call takes a context and fails with an [*Error], which says in words of the contract what went wrong. The
// stubs of the contract itself are in the package github.com/vibes/agent-communication-bus/gen/go/agentbus/v1.
package agentbus
