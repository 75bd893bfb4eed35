package agentbus

import (
	"fmt"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// busAgentID is what the bus speaks as.
const busAgentID = "agentbus://bus"

// withdrawal is news of the bus that an attempt of a task is the agent's no more: the bus has settled its delivery, and
// wants no outcome.
type withdrawal struct {
	// task is the message that asked for it, and who sent that: outside of sessions, others may have used the same id.
	task      messageKey
	sessionID string
	// isFinal says whether the task has ended with it; otherwise the same agent may be asked again.
	isFinal bool
	// at is when the bus had the news on disk.
	at time.Time
	// err is what the handler's context ends with.
	err *Error
}

// readWithdrawal is nil for any other message.
func readWithdrawal(delivery *agentbusv1.Delivery) *withdrawal {
	envelope := delivery.GetMessage()
	if envelope.GetSender().GetAgentId() != busAgentID ||
		envelope.GetMessageType() != agentbusv1.MessageType_MESSAGE_TYPE_NOTIFICATION {
		return nil
	}
	said := envelope.GetPayload().GetFields()
	event := said["event"].GetStringValue()
	if event != "task_cancelled" && event != "task_withdrawn" {
		return nil
	}
	isFinal := event == "task_cancelled"
	taskID := said["task_id"].GetStringValue()
	if taskID == "" {
		taskID = envelope.GetCorrelationId()
	}
	return &withdrawal{
		task:      messageKey{sender: said["delegator"].GetStringValue(), id: envelope.GetCorrelationId()},
		sessionID: envelope.GetSender().GetSessionId(),
		isFinal:   isFinal,
		at:        timeOf(delivery.GetAcceptedTime()),
		err: withdrawnError(taskID, isFinal, said["code"].GetStringValue(),
			said["reason"].GetStringValue()),
	}
}

func withdrawnError(taskID string, isFinal bool, cause, why string) *Error {
	err := &Error{
		Code:    Aborted,
		Message: fmt.Sprintf("task %s was taken away", taskID),
		Facts:   map[string]string{"task_id": taskID, "cause": cause},
	}
	if isFinal {
		err.Reason = ReasonTaskCancelled
		err.Message = fmt.Sprintf("task %s was called off", taskID)
	}
	if why == "" {
		why = cause
	}
	if why != "" {
		err.Message += ": " + why
	}
	return err
}

// takenAwayError is what the handler hears when the bus took its task away and did not say why, or not yet.
func takenAwayError(taskID string) *Error {
	return &Error{
		Code:    Aborted,
		Message: fmt.Sprintf("task %s was taken away", taskID),
		Facts:   map[string]string{"task_id": taskID},
	}
}
