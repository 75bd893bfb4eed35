package agentbus

import (
	"crypto/tls"
	"log/slog"
	"time"
)

// AgentOptions says where the bus is, who the agent is, and what it does. Address, APIKey and AgentID are required.
type AgentOptions struct {
	// Address of the bus, such as http://127.0.0.1:8080; https:// for TLS.
	Address string
	// APIKey is the key of the principal that the agent is.
	APIKey string
	// AgentID is `{framework}://{name}`; the key must allow it.
	AgentID string
	// TLS has the roots to trust for an https:// address. Default: those of the system.
	TLS *tls.Config

	// OnTask does the tasks. A task without a handler goes to the dead letters.
	OnTask TaskHandler
	// OnMessage takes all other messages. A message without a handler goes to the dead letters.
	OnMessage MessageHandler
	// OnReceipt hears what became of the messages that this process sent with Receipts, one after the other, while a stream is
	// open. Receipts are dropped when it is 1,000 of them behind: MessageStatus of an orchestrator knows all.
	OnReceipt func(Receipt)
	// OnStatus hears of each change of the connection, one after the other. The stream waits for it: it must not block, and has
	// Drain, Close, Send or Wait be called by another goroutine.
	OnStatus func(Status)

	// InstanceID names this process among those of the agent. A second process under the same name takes the place of
	// the first. Default: a random one, so that processes share the mailbox.
	InstanceID string
	// Capabilities are what the agent can do, in words that senders address it by. At most 64.
	Capabilities []string
	// DisplayName is a name for people.
	DisplayName string
	// Version is that of the agent's own software.
	Version string
	// Metadata is anything else: host, model, region. At most 32 entries.
	Metadata map[string]string

	// MaxInFlight is how many messages are worked on at a time, 1 to 10,000. Default 16. They are handled side by side;
	// with 1 each is finished before the next begins.
	MaxInFlight int
	// Lease is the time after which the bus gives a message to another instance if nothing is heard of it, 1 s to
	// 1 hour. Default 30 s. Running handlers extend it by themselves.
	Lease time.Duration
	// ConnectTimeout bounds the time until the bus has welcomed the agent for the first time. Default 30 s; negative:
	// forever. After that the agent connects again for as long as it takes.
	ConnectTimeout time.Duration
	// Backoff says how the waits between tries grow.
	Backoff Backoff
	// ProtocolVersion is the version of the contract that the agent speaks. Default 1, which this client knows.
	ProtocolVersion int
	// Logger hears of panics in handlers, with their stacks, and of an agent that failed without anybody watching
	// it. Default slog.Default().
	Logger *slog.Logger
}

func (o AgentOptions) withDefaults() AgentOptions {
	if o.MaxInFlight == 0 {
		o.MaxInFlight = defaultMaxInFlight
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = defaultConnectTimeout
	}
	if o.ProtocolVersion == 0 {
		o.ProtocolVersion = 1
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.Backoff = o.Backoff.withDefaults()
	return o
}

func (o AgentOptions) takesMail() bool { return o.OnTask != nil || o.OnMessage != nil }

func (o AgentOptions) check() error {
	if o.MaxInFlight < 1 || o.MaxInFlight > mostInFlight {
		return invalidError("MaxInFlight is 1 to %d, not %d", mostInFlight, o.MaxInFlight)
	}
	if o.ProtocolVersion < 1 {
		return invalidError("ProtocolVersion is at least 1, not %d", o.ProtocolVersion)
	}
	return nil
}
