package main

import (
	"context"
	"fmt"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// delegator is what sessions and orchestrators have in common.
type delegator interface {
	Delegate(ctx context.Context, task agentbus.TaskRequest) (string, error)
	Ask(ctx context.Context, task agentbus.TaskRequest) (*agentbus.Answer, error)
	Task(ctx context.Context, taskID string) (*agentbus.TaskRecord, error)
	CancelTask(ctx context.Context, taskID, reason string) (*agentbus.TaskRecord, error)
}

func (t *testee) doTask(command string, with with, delegator delegator) (any, error) {
	switch command {
	case "orchestrator.delegate":
		task, err := with.Task.task()
		if err != nil {
			return nil, err
		}
		taskID, err := delegator.Delegate(t.ctx, task)
		if err != nil {
			return nil, err
		}
		return map[string]any{"task_id": taskID}, nil
	case "orchestrator.ask":
		task, err := with.Task.task()
		if err != nil {
			return nil, err
		}
		task.Wait = milliseconds(with.WaitMS)
		return answerFacts(delegator.Ask(t.ctx, task))
	case "orchestrator.task":
		return taskFacts(delegator.Task(t.ctx, with.TaskID))
	case "orchestrator.cancel_task":
		return taskFacts(delegator.CancelTask(t.ctx, with.TaskID, with.Reason))
	default:
		return nil, fmt.Errorf("there is no command %q", command)
	}
}

func answerFacts(answer *agentbus.Answer, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	facts := map[string]any{"task_id": answer.TaskID, "agent_id": answer.AgentID, "failed": answer.Failed}
	putContent(facts, answer.Payload, answer.Data, answer.ContentType)
	return facts, nil
}

func taskFacts(task *agentbus.TaskRecord, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	facts := map[string]any{
		"task_id": task.TaskID, "status": task.Status, "assignee": task.Assignee,
		"attempt": task.Attempt, "progress": task.Progress,
	}
	if task.Result != nil {
		putContent(facts, task.Result.Payload, task.Result.Data, task.Result.ContentType)
	}
	if task.Error != nil {
		facts["error"] = map[string]any{"reason": task.Error.Reason, "message": task.Error.Message}
	}
	return facts, nil
}
