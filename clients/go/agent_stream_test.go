package agentbus

import (
	"net"
	"runtime"
	"testing"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc"
)

// greeter welcomes everybody, and ends the stream with the agent.
type greeter struct {
	agentbusv1.UnimplementedAgentServiceServer
}

func (greeter) AgentStream(stream agentbusv1.AgentService_AgentStreamServer) error {
	welcome := &agentbusv1.AgentStreamResponse_Welcome{Welcome: &agentbusv1.Welcome{}}
	if err := stream.Send(&agentbusv1.AgentStreamResponse{Frame: welcome}); err != nil {
		return err
	}
	for {
		if _, err := stream.Recv(); err != nil {
			return nil
		}
	}
}

// Goal: an agent that has left leaves nothing behind: no goroutine, no connection, no timer that holds one. Method: agents that
// come and go over real connections, one of them to an address at which nobody is; a bus that leaves out what it may.
func TestNothingIsLeftBehind(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	agentbusv1.RegisterAgentServiceServer(server, greeter{})
	go func() { _ = server.Serve(listener) }()
	before := runtime.NumGoroutine()
	for range 3 {
		agent, err := StartAgent(AgentOptions{Address: "http://" + listener.Addr().String(), AgentID: "go://a", OnReceipt: func(Receipt) {}})
		if err != nil {
			t.Fatal(err)
		}
		if err := agent.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := agent.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	server.Stop()
	isWaiting := make(chan struct{}, 1)
	agent, err := StartAgent(AgentOptions{
		Address: "http://" + listener.Addr().String(),
		AgentID: "go://a",
		Backoff: Backoff{Random: func() float64 { return 1 }, First: time.Hour, Last: time.Hour},
		OnStatus: func(status Status) {
			if status.State == StateWaiting {
				isWaiting <- struct{}{}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	<-isWaiting
	if err := agent.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Connections end in goroutines of their own, a moment later.
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines were there before:\n%s", before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
