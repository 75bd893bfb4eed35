package main

import (
	"context"
	"strconv"
	"sync"
	"time"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// bench has an agent send notifications to another one in the same process, at most a window of them not handled yet.
func bench(ctx context.Context, with with) (any, error) {
	run := &benchRun{
		sentAt:    make([]time.Time, with.Messages),
		latencies: make([]int64, with.Messages),
		window:    make(chan struct{}, with.Window),
		handled:   make(chan struct{}),
		left:      with.Messages,
	}
	options := agentbus.AgentOptions{Address: with.Address, APIKey: with.APIKey}
	sending, receiving := options, options
	sending.AgentID = with.From
	receiving.AgentID = with.To
	receiving.MaxInFlight = with.Window
	receiving.OnMessage = run.handle
	for _, options := range []*agentbus.AgentOptions{&receiving, &sending} {
		agent, err := agentbus.StartAgent(*options)
		if err != nil {
			return nil, err
		}
		// The bench is over by then: nothing is left to lose.
		defer func() { _ = agent.Close(ctx) }()
		if err := agent.Ready(ctx); err != nil {
			return nil, err
		}
		run.sender = agent
	}
	elapsed, err := run.send(ctx, with)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"elapsed_ms": float64(elapsed.Microseconds()) / 1000, "latencies_us": run.latencies,
	}, nil
}

type benchRun struct {
	sender *agentbus.Agent
	window chan struct{}

	mu        sync.Mutex
	sentAt    []time.Time
	latencies []int64
	left      int
	handled   chan struct{}
}

func (b *benchRun) handle(_ context.Context, message *agentbus.Message) error {
	number, err := strconv.Atoi(message.Metadata["number"])
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.latencies[number] != 0 {
		return nil
	}
	b.latencies[number] = max(time.Since(b.sentAt[number]).Microseconds(), 1)
	<-b.window
	b.left--
	if b.left == 0 {
		close(b.handled)
	}
	return nil
}

func (b *benchRun) send(ctx context.Context, with with) (time.Duration, error) {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	content := agentbus.Data{ContentType: "application/octet-stream", Bytes: make([]byte, with.Bytes)}
	start := time.Now()
	for number := range with.Messages {
		select {
		case b.window <- struct{}{}:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
		b.mu.Lock()
		b.sentAt[number] = time.Now()
		b.mu.Unlock()
		go func() {
			_, err := b.sender.Send(ctx, agentbus.OutgoingMessage{
				To:       agentbus.AgentID(with.To),
				Content:  content,
				Metadata: map[string]string{"number": strconv.Itoa(number)},
			})
			if err != nil {
				fail(err)
			}
		}()
	}
	select {
	case <-b.handled:
		return time.Since(start), nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
