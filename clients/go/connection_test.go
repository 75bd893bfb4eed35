package agentbus

import (
	"errors"
	"strings"
	"testing"
)

// Goal: an address is read as people write them, and refused before anything waits for it. Method: a table.
func TestTarget(t *testing.T) {
	for _, test := range []struct{ address, target, security string }{
		{"http://127.0.0.1:8080", "dns:///127.0.0.1:8080", "insecure"},
		{"http://127.0.0.1:8080/", "dns:///127.0.0.1:8080", "insecure"},
		{"http://bus.example", "dns:///bus.example:80", "insecure"},
		{"https://bus.example", "dns:///bus.example:443", "tls"},
		{"https://[::1]:9000", "dns:///[::1]:9000", "tls"},
	} {
		target, transport, err := connection{address: test.address}.target()
		if err != nil || target != test.target || transport.Info().SecurityProtocol != test.security {
			t.Errorf("%s: got %s, %v", test.address, target, err)
		}
	}
	for _, address := range []string{"", "127.0.0.1:8080", "localhost", "ftp://bus", "http://", "http://bus/path", "http://a b"} {
		_, err := StartAgent(AgentOptions{Address: address, APIKey: "key", AgentID: "go://a"})
		if !errors.Is(err, InvalidArgument) {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

// Goal: a key that no header can carry is an error of the program, not of the connection. Method: a line break.
func TestKeyMustFitAHeader(t *testing.T) {
	_, err := NewOrchestrator(OrchestratorOptions{Address: "http://bus", APIKey: "key\n", AgentID: "go://a"})
	if !errors.Is(err, InvalidArgument) || strings.Contains(err.Error(), "key\n") {
		t.Errorf("got %v", err)
	}
}

// Goal: the contract says which calls are repeated. Method: one of each kind.
func TestIsRepeatable(t *testing.T) {
	for method, want := range map[string]bool{
		"/agentbus.v1.SessionService/GetTask":             true,
		"/agentbus.v1.MessageService/SendMessage":         true,
		"/agentbus.v1.SessionService/CreateSession":       false,
		"/agentbus.v1.SessionService/UpdateSharedContext": false,
		"/agentbus.v1.SessionService/Nonsense":            false,
	} {
		if got := isRepeatable(method); got != want {
			t.Errorf("%s: got %v", method, got)
		}
	}
}
