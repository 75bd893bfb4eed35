package agentbus

import (
	"context"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// delegator is tasks as whoever delegates them works with them, in a session or outside of any.
type delegator struct {
	calls    *calls
	stamper  *stamper
	sessions agentbusv1.SessionServiceClient
	messages agentbusv1.MessageServiceClient
	// sessionID is empty for tasks outside of sessions.
	sessionID string
}

func (d *delegator) delegate(ctx context.Context, task TaskRequest) (string, error) {
	sent, err := d.send(ctx, d.request(task))
	if err != nil {
		return "", err
	}
	return sent.GetMessageId(), nil
}

// request is the message that delegates a task for somebody who reads no mailbox.
func (d *delegator) request(task TaskRequest) OutgoingMessage {
	message := task.message()
	message.SessionID = d.sessionID
	if message.Replies == "" {
		message.Replies = ReplyToSession
	}
	return message
}

func (d *delegator) send(ctx context.Context, message OutgoingMessage) (*agentbusv1.SendMessageResponse, error) {
	encoded, err := d.stamper.encode(message, 0)
	if err != nil {
		return nil, err
	}
	return d.messages.SendMessage(ctx, sendRequest(encoded))
}

// sendRequest has the message as it was encoded, so that each repetition has the same bytes.
func sendRequest(message encodedMessage) *agentbusv1.SendMessageRequest {
	request := &agentbusv1.SendMessageRequest{}
	// Fields that the codec does not know it writes as they are.
	request.ProtoReflect().SetUnknown(message.field)
	return request
}

func (d *delegator) task(ctx context.Context, taskID string) (*TaskRecord, error) {
	return taskOf(d.sessions.GetTask(ctx, &agentbusv1.GetTaskRequest{SessionId: d.sessionID, TaskId: taskID}))
}

func (d *delegator) cancelTask(ctx context.Context, taskID, reason string) (*TaskRecord, error) {
	return taskOf(d.sessions.CancelTask(ctx, &agentbusv1.CancelTaskRequest{
		SessionId: d.sessionID,
		TaskId:    taskID,
		Reason:    reason,
	}))
}
