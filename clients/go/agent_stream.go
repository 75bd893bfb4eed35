package agentbus

import (
	"context"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/grpc"
)

// openAgentStream opens a stream on a connection of its own, so that what one stream died of does not hurt the next. Both
// end with ctx.
func (c connection) openAgentStream(ctx context.Context) (busStream, error) {
	conn, err := c.dial()
	if err != nil {
		return nil, err
	}
	stream, err := agentbusv1.NewAgentServiceClient(conn).AgentStream(ctx)
	if err != nil {
		return nil, closing(conn, err)
	}
	context.AfterFunc(ctx, func() {
		// Nobody is left who could do anything about it.
		_ = conn.Close()
	})
	return stream, nil
}

// closing lets a connection go that came to nothing; the first error is the one that counts.
func closing(conn *grpc.ClientConn, err error) error {
	_ = conn.Close()
	return err
}
