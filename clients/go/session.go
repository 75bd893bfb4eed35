package agentbus

import (
	"context"
	"fmt"
	"iter"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// Session is a session as its orchestrator or a member works with it. Its methods may be called by several
// goroutines at once.
type Session struct {
	delegator
}

// ID names the session.
func (s *Session) ID() string { return s.sessionID }

// Get reads the session as it is on disk.
func (s *Session) Get(ctx context.Context) (*SessionRecord, error) {
	return sessionOf(s.sessions.GetSession(ctx, &agentbusv1.GetSessionRequest{SessionId: s.sessionID}))
}

// Delegate asks an agent to do a task, and returns the task's id when the bus has the task on disk. While the bus is
// unavailable it tries again with the same id, so that the task exists once whatever happens.
//
// The answer goes into the session's events and the task's record, not into the mailbox of the agent that this client
// speaks as, which nobody reads.
func (s *Session) Delegate(ctx context.Context, task TaskRequest) (string, error) {
	return s.delegate(ctx, task)
}

// DelegateToAll asks everybody in a Role, or AllParticipants, to do a task: each gets one of its own, all of them or none.
// Returns the tasks, in the order of the roster, when the bus has them on disk.
func (s *Session) DelegateToAll(ctx context.Context, task TaskRequest) ([]DelegatedTask, error) {
	sent, err := s.send(ctx, s.request(task))
	if err != nil {
		return nil, err
	}
	tasks := make([]DelegatedTask, 0, len(sent.GetRecipients()))
	for i, assignee := range sent.GetRecipients() {
		// The ids are as the contract makes them: that of the message for one recipient, numbered ones for several.
		taskID := sent.GetMessageId()
		if len(sent.GetRecipients()) > 1 {
			taskID = fmt.Sprintf("%s#%d", taskID, i+1)
		}
		tasks = append(tasks, DelegatedTask{TaskID: taskID, Assignee: assignee})
	}
	return tasks, nil
}

// DelegatedTask is one of the tasks that a request to several agents made.
type DelegatedTask struct {
	TaskID   string
	Assignee string
}

// Ask asks an agent to do a task and waits for the answer, which may say that the task failed. The wait outlives restarts
// of the bus; repeating it under the same TaskID and content waits for the same task again.
//
// Fails with TASK_TIMED_OUT if the task ran out of attempts or time, TASK_CANCELLED if it was called off, and
// DEADLINE_EXCEEDED if the wait was over before the task.
func (s *Session) Ask(ctx context.Context, task TaskRequest) (*Answer, error) {
	return s.ask(ctx, task)
}

// Task reads a task with its result. Fails with TASK_NOT_FOUND.
func (s *Session) Task(ctx context.Context, taskID string) (*TaskRecord, error) {
	return s.task(ctx, taskID)
}

// CancelTask calls a task off, and the tasks that it caused; an agent that is at it is told to stop. For its delegator and
// the session's orchestrator. Fails with TASK_ENDED if it ended in another way before.
func (s *Session) CancelTask(ctx context.Context, taskID, reason string) (*TaskRecord, error) {
	return s.cancelTask(ctx, taskID, reason)
}

// Tasks lists the session's tasks in the order in which they were delegated, without their results; fetched page by page.
func (s *Session) Tasks(ctx context.Context, query TaskQuery) iter.Seq2[*TaskRecord, error] {
	return pages(func(pageToken string) ([]*TaskRecord, string, error) {
		status, err := taskStatuses.number(query.Status)
		if err != nil {
			return nil, "", err
		}
		page, err := s.sessions.ListTasks(ctx, &agentbusv1.ListTasksRequest{
			SessionId: s.sessionID,
			Status:    agentbusv1.TaskStatus(status),
			Assignee:  query.Assignee,
			PageToken: pageToken,
		})
		return mapped(page.GetTasks(), newTaskRecord), page.GetNextPageToken(), err
	})
}

// TaskQuery says which tasks to list; its zero value means all.
type TaskQuery struct {
	Status TaskStatus
	// Assignee is the agent that is to do them.
	Assignee string
}

// Send sends any other message in the session; returns its id when it is on disk.
func (s *Session) Send(ctx context.Context, message OutgoingMessage) (string, error) {
	message.SessionID = s.sessionID
	sent, err := s.send(ctx, message)
	if err != nil {
		return "", err
	}
	return sent.GetMessageId(), nil
}
