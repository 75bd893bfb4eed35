package agentbus

import (
	"context"
	"iter"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// openStream opens a stream, whose connection is let go when its context ends.
type openStream func(ctx context.Context) (busStream, error)

// assemble makes the parts of an agent and puts them together; nothing runs yet.
func assemble(options AgentOptions, open openStream) *Agent {
	handlers, stopHandlers := context.WithCancelCause(context.Background())
	life, endLife := context.WithCancelCause(context.Background())
	a := &Agent{
		options:      options,
		stamper:      newStamper(options.AgentID),
		lifecycle:    newLifecycle(options.OnStatus),
		stopHandlers: stopHandlers,
	}
	a.connector = &connector{
		address:        options.Address,
		connectTimeout: options.ConnectTimeout,
		backoff:        newWaits(options.Backoff),
		lifecycle:      a.lifecycle,
		open:           open,
		newStream:      a.newStream,
		isQuiet:        a.isQuiet,
		life:           life,
		endLife:        endLife,
		left:           make(chan struct{}),
	}
	handling := &handling{
		onTask:    options.OnTask,
		onMessage: options.OnMessage,
		backoff:   options.Backoff,
		logger:    options.Logger,
	}
	a.sends = newSends(options.Backoff, a.connector.changed)
	a.watches = newWatches(a.connector.changed)
	a.work = newWork(handlers, a, handling.handle, a.connector.isLeaving.Load, a.connector.changed)
	a.heartbeat = &onceLane{frame: a.heartbeatFrame}
	a.farewell = &onceLane{frame: func() *agentbusv1.AgentStreamRequest {
		return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Drain{Drain: &agentbusv1.ClientDrain{}}}
	}}
	return a
}

// isQuiet asks the work first: without handlers nothing is sent on their behalf.
func (a *Agent) isQuiet() bool { return a.work.isQuiet() && a.sends.isEmpty() }

func (a *Agent) newStream() *stream {
	stream := newStream(a.options.Address, a.helloFrame(), a.heartbeat, a.work, a.farewell, a.watches, a.sends)
	stream.welcomed = a.welcomed
	stream.received = a.received
	stream.beat = func() {
		a.heartbeat.ask()
		a.work.extend()
	}
	return stream
}

func (a *Agent) helloFrame() *agentbusv1.AgentStreamRequest {
	hello := &agentbusv1.Hello{
		Agent: &agentbusv1.AgentDescriptor{
			AgentId:      a.options.AgentID,
			Capabilities: a.options.Capabilities,
			DisplayName:  a.options.DisplayName,
			Version:      a.options.Version,
			Metadata:     a.options.Metadata,
		},
		InstanceId:      a.options.InstanceID,
		MaxInFlight:     uint32(a.options.MaxInFlight),
		ProtocolVersion: uint32(a.options.ProtocolVersion),
		// An acknowledgement that is not known to be on disk is repeated when its message comes again.
		ConfirmSettlements: true,
		// Who has no handlers, or is leaving, could only give its mail back.
		SendOnly: a.connector.isLeaving.Load() || !a.options.takesMail(),
	}
	if a.options.Lease != 0 {
		hello.Lease = durationpb.New(a.options.Lease)
	}
	return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Hello{Hello: hello}}
}

func (a *Agent) heartbeatFrame() *agentbusv1.AgentStreamRequest {
	load := min(float64(a.work.busy())/float64(a.options.MaxInFlight), 1)
	heartbeat := &agentbusv1.ClientHeartbeat{Load: load}
	return &agentbusv1.AgentStreamRequest{Frame: &agentbusv1.AgentStreamRequest_Heartbeat{Heartbeat: heartbeat}}
}

func (a *Agent) welcomed(connectionID string, lease time.Duration) {
	a.work.leased(lease)
	a.lifecycle.set(Status{State: StateOnline, ConnectionID: connectionID})
	a.lifecycle.welcome()
}

// received takes any frame but the welcome. It is called by the reader of the stream and waits for nothing.
func (a *Agent) received(frame *agentbusv1.AgentStreamResponse) {
	switch frame := frame.GetFrame().(type) {
	case *agentbusv1.AgentStreamResponse_Delivery:
		a.work.receive(frame.Delivery.GetDeliveries())
	case *agentbusv1.AgentStreamResponse_SendResult:
		a.sends.settle(frame.SendResult.GetResults())
	case *agentbusv1.AgentStreamResponse_SettleResult:
		a.work.confirm(frame.SettleResult)
	case *agentbusv1.AgentStreamResponse_Receipt:
		a.hear(frame.Receipt)
	case *agentbusv1.AgentStreamResponse_SessionEvent:
		a.watches.receive(frame.SessionEvent.GetEvents())
	case *agentbusv1.AgentStreamResponse_Drain:
		a.connector.reconnect(frame.Drain.GetReconnectAfter().AsDuration())
	case *agentbusv1.AgentStreamResponse_Error:
		a.refused(frame.Error)
	}
}

func (a *Agent) refused(frame *agentbusv1.ErrorFrame) {
	err := errorOfFrame(frame.GetError())
	if sessionID := frame.GetSessionId(); sessionID != "" {
		a.watches.refuse(sessionID, err)
		return
	}
	// No other frame of an agent can be refused without a session.
	a.work.refused()
	a.lifecycle.refused(err)
}

// hear drops what the program is too slow for, rather than let anything wait for it.
func (a *Agent) hear(receipt *agentbusv1.Receipt) {
	if a.receipts == nil {
		return
	}
	select {
	case a.receipts <- newReceipt(receipt):
	default:
	}
}

// send is for handlers: nothing is sent on behalf of a task that was taken away.
func (a *Agent) send(ctx context.Context, run *run, message OutgoingMessage) (*Sent, error) {
	if err := run.withdrawn.Load(); err != nil {
		return nil, err
	}
	return a.Send(ctx, message)
}

// respond waits for as long as the agent is there: the work is done.
func (a *Agent) respond(message OutgoingMessage) error {
	_, err := a.Send(context.Background(), message)
	return err
}

func (a *Agent) watch(ctx context.Context, sessionID string, after uint64) iter.Seq2[*SessionEvent, error] {
	return a.Watch(ctx, sessionID, after)
}

func newReceipt(receipt *agentbusv1.Receipt) Receipt {
	return Receipt{
		MessageID: receipt.GetMessageId(),
		Recipient: receipt.GetRecipient(),
		State:     messageStates.word(int32(receipt.GetState())),
		Time:      timeOf(receipt.GetTime()),
		Attempt:   int(receipt.GetAttempt()),
		Reason:    receipt.GetReason(),
	}
}
