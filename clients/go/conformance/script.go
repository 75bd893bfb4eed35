package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	agentbus "github.com/vibes/agent-communication-bus/clients/go"
)

// action is one thing that a handler is to do: the one whose field is there.
type action struct {
	Progress     *float64      `json:"progress"`
	Note         string        `json:"note"`
	Hold         *string       `json:"hold"`
	Block        *string       `json:"block"`
	Send         *messageWords `json:"send"`
	Delegate     *messageWords `json:"delegate"`
	Return       agentbus.JSON `json:"return"`
	ReturnData   *dataWords    `json:"return_data"`
	Echo         bool          `json:"echo"`
	Throw        *string       `json:"throw"`
	RetryLaterMS *float64      `json:"retry_later_ms"`
	Reject       *string       `json:"reject"`
	Reason       string        `json:"reason"`
}

type dataWords struct {
	Base64      string `json:"base64"`
	ContentType string `json:"content_type"`
}

// actor is the handlers of one agent.
type actor struct {
	testee *testee
	agent  string
}

// errStopped is what a handler gives up with that was told to stop.
var errStopped = errors.New("told to stop")

func (a *actor) task(ctx context.Context, task *agentbus.Task) (agentbus.Content, error) {
	return a.handle(ctx, &task.Message, task)
}

func (a *actor) message(ctx context.Context, message *agentbus.Message) error {
	_, err := a.handle(ctx, message, nil)
	return err
}

func (a *actor) handle(ctx context.Context, message *agentbus.Message, task *agentbus.Task) (agentbus.Content, error) {
	a.tell("handling", message, map[string]any{
		"type": message.Type, "sender": message.Sender, "session_id": message.SessionID,
		"attempt": message.Attempt, "redelivered": message.Redelivered,
	})
	tellOnce := sync.OnceFunc(func() { a.tellCancelled(ctx, message) })
	stop := context.AfterFunc(ctx, tellOnce)
	result, err := a.play(ctx, message, task)
	// Whoever was told to stop says so before it says that it is over.
	if !stop() {
		tellOnce()
	}
	outcome := "returned"
	if err != nil {
		outcome = "thrown"
		if ctx.Err() != nil {
			outcome = "cancelled"
		}
	}
	a.tell("handled", message, map[string]any{"outcome": outcome})
	return result, err
}

func (a *actor) tell(event string, message *agentbus.Message, facts map[string]any) {
	facts["event"] = event
	facts["agent"] = a.agent
	facts["message_id"] = message.ID
	a.testee.teller.tell(facts)
}

func (a *actor) tellCancelled(ctx context.Context, message *agentbus.Message) {
	facts := map[string]any{"reason": nil, "cause": ""}
	var why *agentbus.Error
	if errors.As(context.Cause(ctx), &why) {
		facts["reason"] = orNull(string(why.Reason))
		facts["cause"] = why.Facts["cause"]
	}
	a.tell("cancelled", message, facts)
}

// play does one action after the other; the one that has a result is the last.
func (a *actor) play(ctx context.Context, message *agentbus.Message, task *agentbus.Task) (agentbus.Content, error) {
	var content struct {
		Script []action `json:"script"`
	}
	if err := message.Payload.Decode(&content); err != nil {
		return nil, err
	}
	for _, action := range content.Script {
		result, isLast, err := a.act(ctx, action, message, task)
		if err != nil || isLast {
			return result, err
		}
	}
	if task != nil && message.Data != nil {
		return agentbus.Data{ContentType: message.ContentType, Bytes: message.Data}, nil
	}
	return nil, nil
}

func (a *actor) act(
	ctx context.Context, action action, message *agentbus.Message, task *agentbus.Task,
) (result agentbus.Content, isLast bool, err error) {
	switch {
	case action.Hold != nil:
		select {
		case <-a.testee.holds.gate(*action.Hold):
			return nil, false, nil
		case <-ctx.Done():
			return nil, true, errStopped
		}
	case action.Block != nil:
		<-a.testee.holds.gate(*action.Block)
		return nil, false, nil
	case action.Return != nil:
		return action.Return, true, nil
	case action.ReturnData != nil:
		data, err := dataOf(action.ReturnData.Base64, action.ReturnData.ContentType)
		return data, true, err
	case action.Echo:
		return agentbus.JSON{"value": message.Payload["value"]}, true, nil
	case action.Throw != nil:
		return nil, true, errors.New(*action.Throw)
	case action.RetryLaterMS != nil:
		return nil, true, agentbus.RetryLater(milliseconds(*action.RetryLaterMS), action.Reason)
	case action.Reject != nil:
		return nil, true, agentbus.Reject(*action.Reject)
	default:
		return nil, false, say(ctx, action, message, task)
	}
}

// say does what a handler says by its context.
func say(ctx context.Context, action action, message *agentbus.Message, task *agentbus.Task) error {
	switch {
	case action.Send != nil:
		outgoing, err := action.Send.message()
		if err == nil && task != nil {
			_, err = task.Send(ctx, outgoing)
		} else if err == nil {
			_, err = message.Send(ctx, outgoing)
		}
		return err
	case task == nil:
		return errors.New("only the handler of a task can do that")
	case action.Progress != nil:
		return task.Progress(ctx, *action.Progress, action.Note)
	case action.Delegate != nil:
		child, err := action.Delegate.task()
		if err == nil {
			_, err = task.Delegate(ctx, child)
		}
		return err
	default:
		text, _ := json.Marshal(action)
		return fmt.Errorf("there is no such action: %s", text)
	}
}
