package agentbus

import (
	"testing"
	"testing/synctest"

	"google.golang.org/grpc/codes"
)

// Goal: a task whose response is refused fails with the refusal, and one that cannot be answered is dropped with it.
// Method: the bus refuses once, and then again.
func TestRefusedResponse(t *testing.T) {
	for _, isFailureTaken := range []bool{true, false} {
		workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
			stream, _ := bus.accept()
			stream.deliver(mail("d1"))
			close(worker.release)
			stream.refuse(hear(stream, sendFrame).GetMessages()[0].GetMessageId(), codes.InvalidArgument, ReasonFieldInvalid)
			failure := hear(stream, sendFrame).GetMessages()[0]
			said := failure.GetPayload().GetFields()["error"].GetStructValue().GetFields()
			if said["reason"].GetStringValue() != "FIELD_INVALID" || said["message"].GetStringValue() != "refused" {
				t.Errorf("failed with %v", said)
			}
			if isFailureTaken {
				stream.accepted(failure.GetMessageId())
				hear(stream, ackFrame)
				return
			}
			stream.refuse(failure.GetMessageId(), codes.InvalidArgument, ReasonFieldInvalid)
			if reject := hear(stream, rejectOf); !reject.GetDrop() || reject.GetReason() != "the response was refused: refused" {
				t.Errorf("rejected by %v", reject)
			}
		})
	}
}

// Goal: the result of dear work waits for room. Method: a mailbox that is full twice.
func TestFullMailbox(t *testing.T) {
	workerTest(t, func(t *testing.T, worker *worker, _ *Agent, bus *fakeBus) {
		stream, _ := bus.accept()
		stream.deliver(mail("d1"))
		close(worker.release)
		for range 2 {
			stream.refuse(hear(stream, sendFrame).GetMessages()[0].GetMessageId(), codes.ResourceExhausted, ReasonMailboxFull)
		}
		response := hear(stream, sendFrame).GetMessages()[0]
		if !response.GetPayload().GetFields()["done"].GetBoolValue() {
			t.Errorf("answered %v", response)
		}
		stream.accepted(response.GetMessageId())
		hear(stream, ackFrame)
		synctest.Wait()
	})
}
