package agentbus

import (
	"context"
	"errors"
	"time"

	agentbusv1 "github.com/vibes/agent-communication-bus/gen/go/agentbus/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Answer is what an agent answered to a task.
type Answer struct {
	TaskID string
	// AgentID is who answered: the agent that was asked, or one of the fallback agents.
	AgentID string
	// Failed says that the task failed; Payload says why then.
	Failed bool
	// Payload is the JSON content; an empty object if there is none.
	Payload JSON
	// Data is the content if it is not JSON; ContentType says what it is.
	Data        []byte
	ContentType string
}

// ask sends a task and waits in the same call until it has ended. A wait that is cut short, by a lost connection or a bus
// that stops, goes on in another call with the same message, which is the same task, for what is left of its time.
func (d *delegator) ask(ctx context.Context, task TaskRequest) (*Answer, error) {
	message, err := d.stamper.encode(d.request(task), agentbusv1.DeliveryMode_DELIVERY_MODE_SYNC)
	if err != nil {
		return nil, err
	}
	request := sendRequest(message)
	request.CancelOnTimeout = task.CancelOnTimeout
	wait := task.Wait
	if wait <= 0 {
		wait = maxAnswerWait
	}
	end := time.Now().Add(wait)
	backoff := newWaits(d.calls.backoff)
	wasThere := false
	for failures := 1; ; failures++ {
		start := time.Now()
		answer, err := d.askOnce(ctx, message.id, request, end.Sub(start))
		if !errors.Is(err, Unavailable) {
			return answer, err
		}
		// A call that held for a while found a bus, which is waited for as long as there is time, however long it is away.
		if time.Since(start) >= healthyStream {
			wasThere = true
			backoff.reset()
		}
		isVain := !wasThere && failures >= maxCallAttempts
		if isVain || !d.calls.sleep(ctx, min(backoff.next(), time.Until(end))) || !time.Now().Before(end) {
			return nil, d.calls.errorOf(ctx, err)
		}
	}
}

func (d *delegator) askOnce(
	ctx context.Context, taskID string, request *agentbusv1.SendMessageRequest, wait time.Duration,
) (*Answer, error) {
	request.Wait = durationpb.New(wait)
	// The bus ends the wait itself, and says what became of the task; this deadline is for a bus that does not.
	ctx, cancel := context.WithTimeout(ctx, wait+answerMargin)
	defer cancel()
	response, err := d.messages.SendMessage(ctx, request, once{})
	if err != nil {
		return nil, err
	}
	reply := response.GetReply()
	if reply == nil {
		return nil, missingError("reply")
	}
	return &Answer{
		TaskID:      taskID,
		AgentID:     reply.GetSender().GetAgentId(),
		Failed:      reply.GetPayload().GetFields()["status"].GetStringValue() == "failed",
		Payload:     reply.GetPayload().AsMap(),
		Data:        reply.GetData(),
		ContentType: reply.GetContentType(),
	}, nil
}
