package agentbus

import agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"

// Content is what a message says: [JSON], [Data], or nothing (nil).
type Content interface {
	putInto(envelope *agentbusv1.Envelope) error
}

// Data is content that is not JSON.
type Data struct {
	// ContentType is the media type, such as application/pdf. At most 255 bytes.
	ContentType string
	Bytes       []byte
}

func (j JSON) putInto(envelope *agentbusv1.Envelope) error {
	if j == nil {
		return nil
	}
	payload, err := structOf(j)
	if err != nil {
		return err
	}
	envelope.Content = &agentbusv1.Envelope_Payload{Payload: payload}
	return nil
}

func (d Data) putInto(envelope *agentbusv1.Envelope) error {
	envelope.ContentType = d.ContentType
	envelope.Content = &agentbusv1.Envelope_Data{Data: d.Bytes}
	return nil
}
