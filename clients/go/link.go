package agentbus

import (
	"context"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
)

// link is the connection of single calls. One that could not connect is replaced by the next call: the call is to hear how the bus
// is now, and not how it was when the connection last tried.
type link struct {
	connection connection

	mu   sync.Mutex
	conn *grpc.ClientConn
}

// newLink makes a link, which connects with its first call.
func newLink(connection connection) (*link, error) {
	conn, err := connection.dial()
	if err != nil {
		return nil, err
	}
	return &link{connection: connection, conn: conn}, nil
}

func (l *link) current() (*grpc.ClientConn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn.GetState() != connectivity.TransientFailure {
		return l.conn, nil
	}
	conn, err := l.connection.dial()
	if err != nil {
		return nil, err
	}
	// Nothing can be under way on it.
	_ = l.conn.Close()
	l.conn = conn
	return conn, nil
}

// Invoke makes one call.
func (l *link) Invoke(ctx context.Context, method string, request, reply any, options ...grpc.CallOption) error {
	conn, err := l.current()
	if err != nil {
		return err
	}
	return conn.Invoke(ctx, method, request, reply, options...)
}

// NewStream opens one stream.
func (l *link) NewStream(
	ctx context.Context, description *grpc.StreamDesc, method string, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	conn, err := l.current()
	if err != nil {
		return nil, err
	}
	return conn.NewStream(ctx, description, method, options...)
}

func (l *link) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.Close()
}
