package agentbus

import agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"

// newEventBody makes the plain form of what happened.
func newEventBody(event *agentbusv1.SessionEvent) EventBody {
	switch body := event.GetBody().(type) {
	case *agentbusv1.SessionEvent_SessionCreated:
		return &SessionCreatedEvent{Session: newSessionRecord(body.SessionCreated.GetSession())}
	case *agentbusv1.SessionEvent_ParticipantAdded:
		return &ParticipantAddedEvent{Participant: newParticipantRecord(body.ParticipantAdded.GetParticipant())}
	case *agentbusv1.SessionEvent_ParticipantRemoved:
		return &ParticipantRemovedEvent{AgentID: body.ParticipantRemoved.GetAgentId()}
	case *agentbusv1.SessionEvent_WorkflowUpdated:
		return &WorkflowUpdatedEvent{Workflow: newWorkflowRecord(body.WorkflowUpdated.GetWorkflow())}
	case *agentbusv1.SessionEvent_SharedContextUpdated:
		return newSharedContextUpdated(body.SharedContextUpdated)
	case *agentbusv1.SessionEvent_MessageSent:
		return newMessageSent(body.MessageSent)
	case *agentbusv1.SessionEvent_SessionCompleted:
		return &SessionCompletedEvent{Completion: *newCompletion(body.SessionCompleted.GetCompletion())}
	case *agentbusv1.SessionEvent_SessionTerminated:
		return &SessionTerminatedEvent{Termination: *newTermination(body.SessionTerminated.GetTermination())}
	default:
		return newTaskEventBody(event)
	}
}

func newSharedContextUpdated(said *agentbusv1.SharedContextUpdated) *SharedContextUpdatedEvent {
	body := &SharedContextUpdatedEvent{Revision: said.GetContextRevision()}
	switch change := said.GetChange().(type) {
	case *agentbusv1.SharedContextUpdated_SharedContext:
		body.Replaced = change.SharedContext.AsMap()
	case *agentbusv1.SharedContextUpdated_MergePatch:
		body.MergePatch = change.MergePatch.AsMap()
	}
	return body
}

func newMessageSent(said *agentbusv1.MessageSent) *MessageSentEvent {
	return &MessageSentEvent{
		MessageID:     said.GetMessageId(),
		Sender:        said.GetSender(),
		Recipient:     said.GetRecipient(),
		Type:          messageTypes.word(int32(said.GetMessageType())),
		Priority:      priorities.word(int32(said.GetPriority())),
		CorrelationID: said.GetCorrelationId(),
		Step:          said.GetStep(),
		EnvelopeBytes: int(said.GetEnvelopeBytes()),
	}
}

// newTaskEventBody is nil for what this client does not know.
func newTaskEventBody(event *agentbusv1.SessionEvent) EventBody {
	switch body := event.GetBody().(type) {
	case *agentbusv1.SessionEvent_TaskDelegated:
		return &TaskDelegatedEvent{Task: newTaskRecord(body.TaskDelegated.GetTask())}
	case *agentbusv1.SessionEvent_TaskDelivered:
		said := body.TaskDelivered
		return &TaskDeliveredEvent{TaskID: said.GetTaskId(), Assignee: said.GetAssignee(), Attempt: int(said.GetAttempt())}
	case *agentbusv1.SessionEvent_TaskAccepted:
		said := body.TaskAccepted
		return &TaskAcceptedEvent{TaskID: said.GetTaskId(), Assignee: said.GetAssignee(), Attempt: int(said.GetAttempt())}
	case *agentbusv1.SessionEvent_TaskProgressed:
		return newTaskProgressed(body.TaskProgressed)
	case *agentbusv1.SessionEvent_TaskAttemptFailed:
		return newTaskAttemptFailed(body.TaskAttemptFailed)
	case *agentbusv1.SessionEvent_TaskCompleted:
		said := body.TaskCompleted
		return &TaskCompletedEvent{
			TaskID: said.GetTaskId(), AgentID: said.GetAgentId(), Result: newTaskResult(said.GetResult()),
		}
	case *agentbusv1.SessionEvent_TaskFailed:
		said := body.TaskFailed
		return &TaskFailedEvent{
			TaskID: said.GetTaskId(), AgentID: said.GetAgentId(),
			Result: newTaskResult(said.GetResult()), Error: newTaskError(said.GetError()),
		}
	case *agentbusv1.SessionEvent_TaskTimedOut:
		return &TaskTimedOutEvent{TaskID: body.TaskTimedOut.GetTaskId(), Error: newTaskError(body.TaskTimedOut.GetError())}
	case *agentbusv1.SessionEvent_TaskCancelled:
		said := body.TaskCancelled
		return &TaskCancelledEvent{TaskID: said.GetTaskId(), Reason: said.GetReason(), Code: said.GetCode()}
	case *agentbusv1.SessionEvent_TaskResponseIgnored:
		said := body.TaskResponseIgnored
		return &TaskResponseIgnoredEvent{
			TaskID: said.GetTaskId(), AgentID: said.GetAgentId(), MessageID: said.GetMessageId(),
		}
	default:
		return nil
	}
}

func newTaskProgressed(said *agentbusv1.TaskProgressed) *TaskProgressedEvent {
	body := &TaskProgressedEvent{TaskID: said.GetTaskId(), AgentID: said.GetAgentId(), Note: said.GetNote()}
	if said.Progress != nil {
		progress := int(said.GetProgress())
		body.Progress = &progress
	}
	return body
}

func newTaskAttemptFailed(said *agentbusv1.TaskAttemptFailed) *TaskAttemptFailedEvent {
	return &TaskAttemptFailedEvent{
		TaskID:          said.GetTaskId(),
		Assignee:        said.GetAssignee(),
		Attempt:         int(said.GetAttempt()),
		Error:           newTaskError(said.GetError()),
		NextAssignee:    said.GetNextAssignee(),
		NextAttemptTime: timeOf(said.GetNextAttemptTime()),
		NextAttempt:     int(said.GetNextAttempt()),
	}
}
