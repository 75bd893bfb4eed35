// An agent without a client library: nothing but the stubs that are generated from the contract, and gRPC.
// It does one task at a time and does not connect again; the client in clients/go does both better.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	bus "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/structpb"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	// A stream that we broke off ourselves is no failure.
	if err := run(ctx); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	address := cmp.Or(os.Getenv("AGENT_BUS_URL"), "http://127.0.0.1:8080")
	agentID := cmp.Or(os.Getenv("AGENT_ID"), "go://stub")
	conn, err := grpc.NewClient(strings.TrimPrefix(address, "http://"),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()

	// Every call says who calls.
	ctx = metadata.AppendToOutgoingContext(ctx,
		"authorization", "Bearer "+os.Getenv("AGENT_BUS_API_KEY"), "x-agent-id", agentID)
	stream, err := bus.NewAgentServiceClient(conn).AgentStream(ctx)
	if err != nil {
		return err
	}
	// The first frame says who we are, and how many messages we take at a time. Nothing that went wrong with a Send
	// is lost: the next Recv says it better.
	_ = stream.Send(&bus.AgentStreamRequest{Frame: &bus.AgentStreamRequest_Hello{Hello: &bus.Hello{
		Agent: &bus.AgentDescriptor{AgentId: agentID}, InstanceId: fmt.Sprint("stub-", os.Getpid()), MaxInFlight: 1,
	}}})

	// One goroutine reads and this one writes: a stream takes frames from one goroutine at a time.
	frames, failed := make(chan *bus.AgentStreamResponse), make(chan error, 1)
	go func() {
		for {
			frame, err := stream.Recv()
			if err != nil {
				failed <- err
				return
			}
			frames <- frame
		}
	}()
	// Answers that are on their way, and the deliveries that they will settle.
	answers := map[string]string{}
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		select {
		case err := <-failed:
			return err
		case <-beat.C:
			_ = stream.Send(&bus.AgentStreamRequest{Frame: &bus.AgentStreamRequest_Heartbeat{
				Heartbeat: &bus.ClientHeartbeat{},
			}})
		case frame := <-frames:
			if welcome := frame.GetWelcome(); welcome != nil {
				// The bus says how often it wants to hear of us; half of that leaves time for a late one.
				if interval := welcome.GetHeartbeatInterval().AsDuration(); interval > 0 {
					beat.Reset(interval / 2)
				}
				fmt.Println("ready")
			}
			for _, result := range frame.GetSendResult().GetResults() {
				// The answer is on disk, now or since an earlier try: the task is done. One that was refused is not
				// settled, and comes again when its lease is over.
				if refusal := result.GetError(); refusal != nil {
					log.Printf("answer %s was refused: %s", result.GetMessageId(), refusal.GetMessage())
				} else {
					acknowledge(stream, answers[result.GetMessageId()])
				}
				delete(answers, result.GetMessageId())
			}
			for _, delivery := range frame.GetDelivery().GetDeliveries() {
				if delivery.GetMessage().GetMessageType() != bus.MessageType_MESSAGE_TYPE_TASK_REQUEST {
					acknowledge(stream, delivery.GetDeliveryId())
					continue
				}
				response := answer(agentID, delivery.GetMessage())
				answers[response.GetMessageId()] = delivery.GetDeliveryId()
				_ = stream.Send(&bus.AgentStreamRequest{Frame: &bus.AgentStreamRequest_Send{
					Send: &bus.SendFrame{Messages: []*bus.Envelope{response}},
				}})
			}
		}
	}
}

// answer does a task. The answer has the same id and content each time: should the task come again, it is no second one.
func answer(agentID string, task *bus.Envelope) *bus.Envelope {
	text := task.GetPayload().GetFields()["text"].GetStringValue()
	return &bus.Envelope{
		MessageId:     "re-" + task.GetMessageId(),
		Sender:        &bus.Sender{AgentId: agentID, SessionId: task.GetSender().GetSessionId()},
		Recipient:     &bus.Recipient{Target: &bus.Recipient_AgentId{AgentId: task.GetSender().GetAgentId()}},
		MessageType:   bus.MessageType_MESSAGE_TYPE_TASK_RESPONSE,
		CorrelationId: task.GetMessageId(),
		Content: &bus.Envelope_Payload{Payload: &structpb.Struct{Fields: map[string]*structpb.Value{
			"text": structpb.NewStringValue(strings.ToUpper(text)),
		}}},
	}
}

func acknowledge(stream bus.AgentService_AgentStreamClient, deliveryID string) {
	_ = stream.Send(&bus.AgentStreamRequest{Frame: &bus.AgentStreamRequest_Ack{
		Ack: &bus.AckFrame{DeliveryIds: []string{deliveryID}},
	}})
}
