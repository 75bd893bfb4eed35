package agentbus

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// fakeBus is the bus of a test, which says on each stream what the test wants it to say. Tests with it run in a bubble of
// testing/synctest, where time passes only when nothing else can happen.
type fakeBus struct {
	t       *testing.T
	streams chan *fakeStream
	// refusal is what new streams fail with.
	refusal error
}

// fakeStream is one stream as the bus sees it.
type fakeStream struct {
	t         *testing.T
	ctx       context.Context
	fromAgent chan *agentbusv1.AgentStreamRequest
	toAgent   chan *agentbusv1.AgentStreamResponse
	ended     chan error
	// isClosed is closed when the agent has ended its side.
	isClosed chan struct{}
}

// withBus runs a test with an agent in a bubble.
func withBus(t *testing.T, options AgentOptions, test func(t *testing.T, agent *Agent, bus *fakeBus)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := &fakeBus{t: t, streams: make(chan *fakeStream, 100)}
		options.Address = "http://bus"
		options.AgentID = "go://a"
		options.Logger = slog.New(slog.DiscardHandler)
		agent := startAgent(options.withDefaults(), bus.open)
		defer func() {
			gone, cancel := context.WithCancel(context.Background())
			cancel()
			// What it ended with is the test's own affair.
			_ = agent.Close(gone)
			synctest.Wait()
		}()
		test(t, agent, bus)
	})
}

func (b *fakeBus) open(ctx context.Context) (busStream, error) {
	if b.refusal != nil {
		return nil, b.refusal
	}
	stream := &fakeStream{
		t:         b.t,
		ctx:       ctx,
		fromAgent: make(chan *agentbusv1.AgentStreamRequest, 1000),
		toAgent:   make(chan *agentbusv1.AgentStreamResponse, 1000),
		ended:     make(chan error, 1),
		isClosed:  make(chan struct{}),
	}
	b.streams <- stream
	return stream, nil
}

// Send takes a frame through its encoded form, as the wire does.
func (s *fakeStream) Send(frame *agentbusv1.AgentStreamRequest) error {
	bytes, err := proto.Marshal(frame)
	if err != nil {
		s.t.Error(err)
	}
	read := &agentbusv1.AgentStreamRequest{}
	if err := proto.Unmarshal(bytes, read); err != nil {
		s.t.Error(err)
	}
	select {
	case s.fromAgent <- read:
		return nil
	case <-s.ctx.Done():
		return io.EOF
	}
}

func (s *fakeStream) CloseSend() error {
	close(s.isClosed)
	return nil
}

func (s *fakeStream) Recv() (*agentbusv1.AgentStreamResponse, error) {
	select {
	case frame := <-s.toAgent:
		return frame, nil
	case err := <-s.ended:
		return nil, err
	case <-s.ctx.Done():
		return nil, status.FromContextError(s.ctx.Err()).Err()
	}
}

// accept waits for the next stream and welcomes the agent on it.
func (b *fakeBus) accept() (*fakeStream, *agentbusv1.Hello) {
	b.t.Helper()
	stream := <-b.streams
	hello := (<-stream.fromAgent).GetHello()
	if hello == nil {
		b.t.Fatal("the first frame is not hello")
	}
	stream.welcome()
	return stream, hello
}

func (s *fakeStream) welcome() {
	s.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_Welcome{Welcome: &agentbusv1.Welcome{
		ConnectionId:      "c-1",
		HeartbeatInterval: durationpb.New(15 * time.Second),
		Limits:            &agentbusv1.StreamLimits{Lease: durationpb.New(30 * time.Second)},
	}}})
}

// say has the bus say something, and lets the agent take it in.
func (s *fakeStream) say(frame *agentbusv1.AgentStreamResponse) {
	s.toAgent <- frame
	synctest.Wait()
}

// breakOff ends the stream as a lost connection does.
func (s *fakeStream) breakOff() {
	s.ended <- status.Error(codes.Unavailable, "connection reset")
	synctest.Wait()
}

// hear waits for the first frame that pick wants; other frames are left out.
func hear[Frame any](s *fakeStream, pick func(*agentbusv1.AgentStreamRequest) *Frame) *Frame {
	for {
		if frame := pick(<-s.fromAgent); frame != nil {
			return frame
		}
	}
}

// unheard counts the frames that wait and that pick wants, and takes them all.
func unheard[Frame any](s *fakeStream, pick func(*agentbusv1.AgentStreamRequest) *Frame) int {
	synctest.Wait()
	count := 0
	for {
		select {
		case frame := <-s.fromAgent:
			if pick(frame) != nil {
				count++
			}
		default:
			return count
		}
	}
}

var (
	ackFrame    = (*agentbusv1.AgentStreamRequest).GetAck
	rejectOf    = (*agentbusv1.AgentStreamRequest).GetReject
	extendFrame = (*agentbusv1.AgentStreamRequest).GetExtend
	sendFrame   = (*agentbusv1.AgentStreamRequest).GetSend
	drainFrame  = (*agentbusv1.AgentStreamRequest).GetDrain
)

// mail is a delivery of the task `t` of go://boss, or of what else a test makes of it.
func mail(deliveryID string, change ...func(*agentbusv1.Delivery)) *agentbusv1.Delivery {
	delivery := &agentbusv1.Delivery{
		DeliveryId:   deliveryID,
		Attempt:      1,
		AcceptedTime: timestamppb.New(time.Unix(1, 0)),
		Message: &agentbusv1.Envelope{
			MessageId:   "t",
			Sender:      &agentbusv1.Sender{AgentId: "go://boss"},
			MessageType: agentbusv1.MessageType_MESSAGE_TYPE_TASK_REQUEST,
		},
	}
	for _, change := range change {
		change(delivery)
	}
	return delivery
}

// acceptedAt makes it another mail of the same message.
func acceptedAt(seconds int64) func(*agentbusv1.Delivery) {
	return func(delivery *agentbusv1.Delivery) { delivery.AcceptedTime = timestamppb.New(time.Unix(seconds, 0)) }
}

func notification(delivery *agentbusv1.Delivery) {
	delivery.Message.MessageType = agentbusv1.MessageType_MESSAGE_TYPE_NOTIFICATION
}

func (s *fakeStream) deliver(deliveries ...*agentbusv1.Delivery) {
	s.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_Delivery{
		Delivery: &agentbusv1.DeliveryFrame{Deliveries: deliveries},
	}})
}

// confirm answers settlements and extensions.
func (s *fakeStream) confirm(deliveryIDs, stale []string) {
	s.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_SettleResult{
		SettleResult: &agentbusv1.SettleResultFrame{DeliveryIds: deliveryIDs, StaleDeliveryIds: stale},
	}})
}

// accepted says that a message is on disk.
func (s *fakeStream) accepted(messageID string) {
	s.answer(&agentbusv1.SendResult{
		MessageId: messageID,
		Outcome:   &agentbusv1.SendResult_Accepted{Accepted: &agentbusv1.SendAccepted{}},
	})
}

// refuse says that a message is not taken.
func (s *fakeStream) refuse(messageID string, code codes.Code, reason Reason) {
	s.answer(&agentbusv1.SendResult{
		MessageId: messageID,
		Outcome:   &agentbusv1.SendResult_Error{Error: errorStatus(code, reason)},
	})
}

func errorStatus(code codes.Code, reason Reason) *agentbusv1.ErrorStatus {
	return &agentbusv1.ErrorStatus{
		Code: int32(code), Message: "refused", Info: &errdetails.ErrorInfo{Reason: string(reason)},
	}
}

func (s *fakeStream) answer(result *agentbusv1.SendResult) {
	s.say(&agentbusv1.AgentStreamResponse{Frame: &agentbusv1.AgentStreamResponse_SendResult{
		SendResult: &agentbusv1.SendResultFrame{Results: []*agentbusv1.SendResult{result}},
	}})
}
