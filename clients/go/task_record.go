package agentbus

import (
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// TaskRecord is a task and where it stands, as the bus sees it.
type TaskRecord struct {
	// TaskID is the id of the message that made the task; `{id}#1`, `{id}#2` and so on if it made several.
	TaskID    string
	SessionID string
	Step      string
	// Delegator is the agent that asked.
	Delegator string
	// RequestedAssignee was asked first, and Assignee is to do it now.
	RequestedAssignee string
	Assignee          string
	Status            TaskStatus
	// Attempt is counted from 1 for each assignee.
	Attempt int
	// Progress is 0 to 100 percent, as the assignee last said, and Note what it said about it.
	Progress     int
	Note         string
	ParentTaskID string
	Priority     Priority
	// Result is what came out; nil unless the task was answered. Lists of tasks leave it out.
	Result *TaskResult
	// Error is why it did not succeed; nil if it did, or is open.
	Error     *TaskError
	CreatedAt time.Time
	UpdatedAt time.Time
	MessageID string
	// Deadline is when it times out whatever its attempts are at.
	Deadline time.Time
	// AttemptTime is when this attempt began or will begin.
	AttemptTime time.Time
	// EndedSequence is that of the event that ended it; 0 while it is open.
	EndedSequence uint64
	// Traceparent is the W3C Trace Context that it was delegated with.
	Traceparent string
}

// TaskStatus is where a task stands.
type TaskStatus string

// The statuses of tasks.
const (
	TaskQueued    TaskStatus = "QUEUED"
	TaskDelivered TaskStatus = "DELIVERED"
	TaskWorking   TaskStatus = "WORKING"
	TaskCompleted TaskStatus = "COMPLETED"
	TaskFailed    TaskStatus = "FAILED"
	TaskTimedOut  TaskStatus = "TIMED_OUT"
	TaskCancelled TaskStatus = "CANCELLED"
)

// TaskResult is what a task came to.
type TaskResult struct {
	// Payload is the JSON content; an empty object if there is none.
	Payload JSON
	// Data is the content if it is not JSON; ContentType says what it is.
	Data        []byte
	ContentType string
}

// TaskError is why a task did not succeed.
type TaskError struct {
	// Reason is a word that programs can compare: the bus's own, such as ATTEMPT_TIMED_OUT, or the assignee's.
	Reason string
	// Message is for people.
	Message string
}

func newTaskRecord(task *agentbusv1.Task) *TaskRecord {
	return &TaskRecord{
		TaskID:            task.GetTaskId(),
		SessionID:         task.GetSessionId(),
		Step:              task.GetStep(),
		Delegator:         task.GetDelegator(),
		RequestedAssignee: task.GetRequestedAssignee(),
		Assignee:          task.GetAssignee(),
		Status:            taskStatuses.word(int32(task.GetStatus())),
		Attempt:           int(task.GetAttempt()),
		Progress:          int(task.GetProgress()),
		Note:              task.GetNote(),
		ParentTaskID:      task.GetParentTaskId(),
		Priority:          priorities.word(int32(task.GetPriority())),
		Result:            newTaskResult(task.GetResult()),
		Error:             newTaskError(task.GetError()),
		CreatedAt:         timeOf(task.GetCreatedAt()),
		UpdatedAt:         timeOf(task.GetUpdatedAt()),
		MessageID:         task.GetMessageId(),
		Deadline:          timeOf(task.GetDeadline()),
		AttemptTime:       timeOf(task.GetAttemptTime()),
		EndedSequence:     task.GetEndedSequence(),
		Traceparent:       task.GetTraceparent(),
	}
}

// taskOf takes the task out of a response.
func taskOf(response interface{ GetTask() *agentbusv1.Task }, err error) (*TaskRecord, error) {
	if err != nil {
		return nil, err
	}
	if response.GetTask() == nil {
		return nil, missingError("task")
	}
	return newTaskRecord(response.GetTask()), nil
}

func newTaskResult(result *agentbusv1.TaskResult) *TaskResult {
	if result == nil {
		return nil
	}
	return &TaskResult{
		Payload:     result.GetPayload().AsMap(),
		Data:        result.GetData(),
		ContentType: result.GetContentType(),
	}
}

func newTaskError(err *agentbusv1.TaskError) *TaskError {
	if err == nil {
		return nil
	}
	return &TaskError{Reason: err.GetReason(), Message: err.GetMessage()}
}
