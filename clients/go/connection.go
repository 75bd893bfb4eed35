package agentbus

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// connection is where the bus is, and who calls.
type connection struct {
	address string
	apiKey  string
	agentID string
	tls     *tls.Config
}

// dial makes a gRPC connection, which connects with its first call. It fails for an address that cannot be one.
func (c connection) dial() (*grpc.ClientConn, error) {
	target, transport, err := c.target()
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{"API key": c.apiKey, "agent id": c.agentID} {
		if !isHeaderValue(value) {
			return nil, invalidError("the %s has characters that no header can carry", name)
		}
	}
	conn, err := grpc.NewClient(target,
		grpc.WithTransportCredentials(transport),
		grpc.WithPerRPCCredentials(bearer{apiKey: c.apiKey, agentID: c.agentID}),
		grpc.WithUserAgent("agentbus-go"),
		grpc.WithDisableServiceConfig(),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: pingInterval, Timeout: pingTimeout}),
		grpc.WithInitialConnWindowSize(connectionWindow),
		grpc.WithInitialWindowSize(streamWindow),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(maxResponseBytes),
			grpc.MaxCallSendMsgSize(maxResponseBytes),
		),
	)
	if err != nil {
		return nil, &Error{Code: InvalidArgument, Message: "the bus cannot be at " + c.address, cause: err}
	}
	return conn, nil
}

// target reads an address such as http://127.0.0.1:8080.
func (c connection) target() (string, credentials.TransportCredentials, error) {
	address, err := url.Parse(c.address)
	if err != nil || address.Hostname() == "" || (address.Path != "" && address.Path != "/") {
		return "", nil, invalidError("the address of the bus is to be like http://127.0.0.1:8080, not %q", c.address)
	}
	transport, port := insecure.NewCredentials(), "80"
	switch address.Scheme {
	case "http":
	case "https":
		transport, port = credentials.NewTLS(c.tls), "443"
	default:
		return "", nil, invalidError("the address of the bus begins with http:// or https://, not %q", c.address)
	}
	if address.Port() != "" {
		port = address.Port()
	}
	return "dns:///" + net.JoinHostPort(address.Hostname(), port), transport, nil
}

// isHeaderValue says whether the text has visible ASCII characters alone, as keys and agent ids do.
func isHeaderValue(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// bearer puts who calls into every call.
type bearer struct {
	apiKey  string
	agentID string
}

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.apiKey, "x-agent-id": b.agentID}, nil
}

// RequireTransportSecurity is false: a bus on the same machine is spoken to in plain text, and the address says so.
func (b bearer) RequireTransportSecurity() bool { return false }
