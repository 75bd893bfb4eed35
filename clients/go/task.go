package agentbus

import "context"

// Task is a task as its handler sees it. Its ID is the name of the task for this agent.
type Task struct {
	Message
}

// Progress tells the delegator how far the task is, 0 to 100 percent, and what the agent is at. Returns when that is
// on disk.
func (t *Task) Progress(ctx context.Context, percent float64, note string) error {
	payload := JSON{"progress": percent}
	if note != "" {
		payload["note"] = note
	}
	_, err := t.Message.Send(ctx, OutgoingMessage{
		To:            AgentID(t.Sender),
		Type:          TypeStatusUpdate,
		CorrelationID: t.ID,
		Content:       payload,
	})
	return err
}

// Send sends a message in the session of the task, and with its place in a trace. Returns when it is on disk.
func (t *Task) Send(ctx context.Context, message OutgoingMessage) (*Sent, error) {
	// Only tasks have a parent; whatever else the handler sends belongs to the task by its trace.
	if message.Type == TypeTaskRequest && message.ParentTaskID == "" {
		message.ParentTaskID = t.ID
	}
	return t.Message.Send(ctx, message)
}

// Delegate passes a part of the task on to another agent, as a child of this task. Returns the child's id when it is
// on disk; its answer comes to the agent's OnMessage.
func (t *Task) Delegate(ctx context.Context, child TaskRequest) (string, error) {
	sent, err := t.Send(ctx, child.message())
	if err != nil {
		return "", err
	}
	return sent.MessageID, nil
}
