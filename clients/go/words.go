package agentbus

import (
	"strings"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
)

// vocabulary turns the numbers of an enum of the contract into words and back. The word for its zero is empty.
type vocabulary[Word ~string] struct {
	what    string
	words   map[int32]Word
	numbers map[Word]int32
}

func newVocabulary[Word ~string](what, prefix string, numbers map[string]int32) vocabulary[Word] {
	v := vocabulary[Word]{what: what, words: map[int32]Word{}, numbers: map[Word]int32{}}
	for name, number := range numbers {
		word := Word(strings.TrimPrefix(name, prefix))
		if number == 0 {
			word = ""
		}
		v.words[number] = word
		v.numbers[word] = number
	}
	return v
}

// word is empty for a number that this version of the contract does not have.
func (v vocabulary[Word]) word(number int32) Word { return v.words[number] }

func (v vocabulary[Word]) number(word Word) (int32, error) {
	number, ok := v.numbers[word]
	if !ok {
		return 0, invalidError("there is no %s %q", v.what, word)
	}
	return number, nil
}

var (
	messageTypes        = newVocabulary[MessageType]("message type", "MESSAGE_TYPE_", agentbusv1.MessageType_value)
	priorities          = newVocabulary[Priority]("priority", "PRIORITY_", agentbusv1.Priority_value)
	growths             = newVocabulary[Growth]("growth of waits", "BACKOFF_", agentbusv1.Backoff_value)
	messageStates       = newVocabulary[MessageState]("message state", "MESSAGE_STATE_", agentbusv1.MessageState_value)
	replyModes          = newVocabulary[ReplyMode]("reply mode", "REPLY_MODE_", agentbusv1.ReplyMode_value)
	taskStatuses        = newVocabulary[TaskStatus]("task status", "TASK_STATUS_", agentbusv1.TaskStatus_value)
	sessionStates       = newVocabulary[SessionState]("session state", "SESSION_STATE_", agentbusv1.SessionState_value)
	agentStatuses       = newVocabulary[AgentPresence]("agent status", "AGENT_STATUS_", agentbusv1.AgentStatus_value)
	participantStatuses = newVocabulary[ParticipantStatus]("participant status", "PARTICIPANT_STATUS_", agentbusv1.ParticipantStatus_value)
	stepStatuses        = newVocabulary[StepStatus]("step status", "STEP_STATUS_", agentbusv1.StepStatus_value)
	failurePolicies     = newVocabulary[StepFailurePolicy]("step failure policy", "STEP_FAILURE_POLICY_", agentbusv1.StepFailurePolicy_value)
	workflowModes       = newVocabulary[WorkflowMode]("workflow mode", "WORKFLOW_MODE_", agentbusv1.WorkflowMode_value)
	aggregationMethods  = newVocabulary[AggregationMethod]("aggregation method", "AGGREGATION_METHOD_", agentbusv1.AggregationMethod_value)
	eventTypes          = newVocabulary[EventType]("event type", "SESSION_EVENT_TYPE_", agentbusv1.SessionEventType_value)
)
