package main

import (
	"encoding/base64"
	"errors"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// recipientWords say who is to get a message.
type recipientWords struct {
	AgentID         string `json:"agent_id"`
	Role            string `json:"role"`
	Capability      string `json:"capability"`
	AllParticipants bool   `json:"all_participants"`
}

func (r recipientWords) recipient() agentbus.Recipient {
	switch {
	case r.AllParticipants:
		return agentbus.AllParticipants
	case r.Role != "":
		return agentbus.Role(r.Role)
	case r.Capability != "":
		return agentbus.Capability(r.Capability)
	default:
		return agentbus.AgentID(r.AgentID)
	}
}

// messageWords say what a message or a task is.
type messageWords struct {
	To             recipientWords       `json:"to"`
	Type           agentbus.MessageType `json:"type"`
	MessageID      string               `json:"message_id"`
	TaskID         string               `json:"task_id"`
	SessionID      string               `json:"session_id"`
	CorrelationID  string               `json:"correlation_id"`
	Payload        agentbus.JSON        `json:"payload"`
	DataBase64     *string              `json:"data_base64"`
	ContentType    string               `json:"content_type"`
	Priority       agentbus.Priority    `json:"priority"`
	TimeoutMS      float64              `json:"timeout_ms"`
	MaxRetries     int                  `json:"max_retries"`
	FallbackAgents []string             `json:"fallback_agents"`
	Step           string               `json:"step"`
	Metadata       map[string]string    `json:"metadata"`
}

func (m messageWords) content() (agentbus.Content, error) {
	switch {
	case m.DataBase64 != nil:
		return dataOf(*m.DataBase64, m.ContentType)
	case m.Payload != nil:
		return m.Payload, nil
	default:
		return nil, nil
	}
}

func dataOf(text, contentType string) (agentbus.Content, error) {
	bytes, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	return agentbus.Data{ContentType: contentType, Bytes: bytes}, nil
}

func (m messageWords) message() (agentbus.OutgoingMessage, error) {
	content, err := m.content()
	return agentbus.OutgoingMessage{
		To:             m.To.recipient(),
		Type:           m.Type,
		Content:        content,
		ID:             m.MessageID,
		SessionID:      m.SessionID,
		CorrelationID:  m.CorrelationID,
		Step:           m.Step,
		Priority:       m.Priority,
		Timeout:        milliseconds(m.TimeoutMS),
		Retry:          agentbus.Retry{Max: m.MaxRetries},
		FallbackAgents: m.FallbackAgents,
		Metadata:       m.Metadata,
	}, err
}

func (m messageWords) task() (agentbus.TaskRequest, error) {
	content, err := m.content()
	if m.Type != "" || m.MessageID != "" || m.CorrelationID != "" {
		err = errors.New("a task has no type, message_id or correlation_id")
	}
	return agentbus.TaskRequest{
		To:             m.To.recipient(),
		Content:        content,
		TaskID:         m.TaskID,
		Step:           m.Step,
		Priority:       m.Priority,
		Timeout:        milliseconds(m.TimeoutMS),
		Retry:          agentbus.Retry{Max: m.MaxRetries},
		FallbackAgents: m.FallbackAgents,
		Metadata:       m.Metadata,
	}, err
}

// putContent adds a payload or bytes to what is told.
func putContent(facts map[string]any, payload agentbus.JSON, data []byte, contentType string) {
	if data == nil {
		facts["payload"] = payload
		return
	}
	facts["data_base64"] = base64.StdEncoding.EncodeToString(data)
	facts["content_type"] = contentType
}
