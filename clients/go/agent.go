package agentbus

import (
	"context"
	"crypto/rand"
)

// Agent is an agent on the bus: it keeps a stream open, whatever happens to connections, until it leaves or is refused.
// Its methods may be called by several goroutines at once.
type Agent struct {
	options   AgentOptions
	stamper   *stamper
	lifecycle *lifecycle
	connector *connector
	sends     *sends
	work      *work
	watches   *watches
	receipts  chan Receipt
	heartbeat *onceLane
	farewell  *onceLane
	// stopHandlers tells all handlers to stop.
	stopHandlers context.CancelCauseFunc
}

// RunAgent starts an agent, and has it leave when ctx ends, as [Agent.Close] does. Returns nil when it has left, the error for
// which it could not stay, or DEADLINE_EXCEEDED if handlers did not stop within 10 s.
func RunAgent(ctx context.Context, options AgentOptions) error {
	agent, err := StartAgent(options)
	if err != nil {
		return err
	}
	agent.lifecycle.observe()
	select {
	case <-agent.Done():
		return agent.Wait()
	case <-ctx.Done():
		return agent.Close(context.WithoutCancel(ctx))
	}
}

// StartAgent makes an agent and has it connect. Returns at once: wait for Ready, or simply for the end by Wait. Fails only
// for options that cannot be meant. The agent has to be closed or drained.
func StartAgent(options AgentOptions) (*Agent, error) {
	options = options.withDefaults()
	if err := options.check(); err != nil {
		return nil, err
	}
	connection := connection{
		address: options.Address,
		apiKey:  options.APIKey,
		agentID: options.AgentID,
		tls:     options.TLS,
	}
	// Each stream has a connection of its own; this one shows whether there can be any.
	conn, err := connection.dial()
	if err != nil {
		return nil, err
	}
	if err := conn.Close(); err != nil {
		return nil, errorOf(err, options.Address)
	}
	return startAgent(options, connection.openAgentStream), nil
}

// InstanceID names this process among those of the agent.
func (a *Agent) InstanceID() string { return a.options.InstanceID }

// Status says where the agent stands at this moment.
func (a *Agent) Status() Status { return a.lifecycle.current() }

// Ready waits until the bus has first welcomed the agent. Fails with the error for which it never will: UNAVAILABLE
// with the address after ConnectTimeout, or what the bus refuses it for, such as KEY_INVALID.
func (a *Agent) Ready(ctx context.Context) error { return a.lifecycle.ready(ctx) }

// Done is closed when the agent is off the bus for good.
func (a *Agent) Done() <-chan struct{} {
	a.lifecycle.observe()
	return a.lifecycle.done
}

// Wait waits until the agent is off the bus for good. Returns nil if it left as it was told to, or else STREAM_FENCED,
// what the bus refused it for, or UNAVAILABLE if it never was on the bus.
func (a *Agent) Wait() error {
	<-a.Done()
	return a.lifecycle.outcome()
}

// Send sends a message; returns when it is on disk. While the bus is away the message waits, and it is sent again under the
// same id if its answer was lost. Fails with what the bus refuses it for, and when the agent leaves before there is an
// answer; at once when 10,000 messages or 64 MiB wait for their answers. When ctx ends first, the
// message may arrive all the same.
func (a *Agent) Send(ctx context.Context, message OutgoingMessage) (*Sent, error) {
	if ctx.Err() != nil {
		return nil, contextError(ctx)
	}
	encoded, err := a.stamper.encode(message, 0)
	if err != nil {
		return nil, err
	}
	return a.sends.send(ctx, encoded)
}

// Delegate asks another agent to do a task; returns the task's id when it is on disk. The answer comes to OnMessage. In the
// handler of a task use [Task.Delegate], which makes it a child of that task.
func (a *Agent) Delegate(ctx context.Context, task TaskRequest) (string, error) {
	sent, err := a.Send(ctx, task.message())
	if err != nil {
		return "", err
	}
	return sent.MessageID, nil
}

// Drain takes no more work, finishes what is running and what is being sent, and leaves. When ctx ends before that the
// agent leaves all the same, what is unfinished is delivered again, and Drain returns the context's error. Otherwise it returns
// what Wait does.
func (a *Agent) Drain(ctx context.Context) error {
	a.lifecycle.observe()
	a.farewell.ask()
	a.connector.leave()
	select {
	case <-a.lifecycle.done:
		return a.lifecycle.outcome()
	case <-ctx.Done():
	}
	select {
	case <-a.lifecycle.done:
		return a.lifecycle.outcome()
	default:
	}
	a.connector.giveUp()
	<-a.lifecycle.done
	if err := a.lifecycle.outcome(); err != nil {
		return err
	}
	return contextError(ctx)
}

// Close leaves soon: it is Drain with the handlers told to stop, within the deadline of ctx, or 10 s if it has none. A
// task whose handler gives up goes back to the mailbox.
func (a *Agent) Close(ctx context.Context) error {
	if _, ok := ctx.Deadline(); !ok {
		bounded, cancel := context.WithTimeout(ctx, defaultCloseTimeout)
		defer cancel()
		ctx = bounded
	}
	a.stopHandlers(leftError())
	a.watches.fail(leftError())
	return a.Drain(ctx)
}

// startAgent starts an agent over any kind of stream.
func startAgent(options AgentOptions, open openStream) *Agent {
	if options.InstanceID == "" {
		options.InstanceID = "i-" + rand.Text()
	}
	a := assemble(options, open)
	if options.OnReceipt != nil {
		a.receipts = make(chan Receipt, maxBufferedReceipts)
		go a.tellReceipts()
	}
	go func() {
		a.finish(a.connector.run())
	}()
	return a
}

// finish is for an agent that is off the bus for good.
func (a *Agent) finish(err *Error) {
	over := err
	if over == nil {
		over = leftError()
	}
	a.stopHandlers(over)
	a.connector.endLife(over)
	a.sends.fail(over)
	a.watches.fail(over)
	if a.lifecycle.finish(err) {
		a.options.Logger.Error("the agent is off the bus", "agent_id", a.options.AgentID, "error", err)
	}
}

func (a *Agent) tellReceipts() {
	for {
		select {
		case receipt := <-a.receipts:
			a.options.OnReceipt(receipt)
		case <-a.lifecycle.done:
			return
		}
	}
}
