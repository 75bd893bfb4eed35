package io.agentbus.internal.agent;

import com.google.protobuf.ByteString;
import io.agentbus.AgentbusException;
import io.agentbus.Content;
import io.agentbus.Sent;
import io.agentbus.StatusCode;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.wire.Envelopes;
import io.agentbus.internal.wire.JsonStruct;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.MessageType;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Answers tasks. A task is acknowledged only when its response is on disk, so that a crash in
 * between delivers the task again and no answer is lost. A response that the bus refuses is
 * followed by one that says so; a task that cannot be answered at all becomes a dead letter.
 */
final class Responses {
  /** An encoded response. */
  record Response(String messageId, ByteString bytes) {}

  /** Sends and stamps messages. */
  interface Sender {
    /** Names the agent, and the message. */
    Envelope stamp(Envelope envelope);

    /** Sends a message, unless too much waits: that is told to its listener. */
    void send(PendingSend message);

    /** Whether handlers were told to stop because the agent leaves. */
    boolean isStopping();
  }

  private final Loop loop;
  private final Sender sender;
  private final Supplier<Backoff> backoffs;

  Responses(Loop loop, Sender sender, Supplier<Backoff> backoffs) {
    this.loop = loop;
    this.sender = sender;
    this.backoffs = backoffs;
  }

  /** Encodes a response; one that cannot be sent becomes a failure that says why. Thread-safe. */
  Response encode(IncomingTask task, Content content) {
    try {
      return encodeAsIs(task, content);
    } catch (RuntimeException unfit) {
      // The client refuses it, or a collection of the program does, such as one that changes
      // meanwhile.
      return encodeAsIs(task, Outcome.failure(unfit));
    }
  }

  private Response encodeAsIs(IncomingTask task, Content content) {
    Envelope.Builder response = task.answer(MessageType.MESSAGE_TYPE_TASK_RESPONSE);
    if (content.isJson()) {
      response.setPayload(JsonStruct.toStruct(content.payload()));
    } else if (content.isData()) {
      response.setData(ByteString.copyFrom(content.data())).setContentType(content.contentType());
    }
    IncomingMessage.inherit(task.envelope, response);
    Envelope stamped = sender.stamp(response.build());
    return new Response(stamped.getMessageId(), Envelopes.encode(stamped));
  }

  /**
   * Sends a response. From the loop only.
   *
   * @param settle what becomes of the task's delivery, called once
   */
  void respond(IncomingTask task, Response response, Consumer<Disposition> settle) {
    new Attempt(task, settle).send(response);
  }

  /** The answer to one task, on its way. */
  private final class Attempt {
    private final IncomingTask task;
    private final Consumer<Disposition> settle;
    private final Backoff backoff = backoffs.get();
    private AgentbusException refusal;

    Attempt(IncomingTask task, Consumer<Disposition> settle) {
      this.task = task;
      this.settle = settle;
    }

    void send(Response response) {
      sender.send(
          new PendingSend(
              response.messageId(),
              response.bytes(),
              new PendingSend.Listener() {
                @Override
                public void accepted(Sent sent) {
                  settle.accept(Disposition.ACKNOWLEDGE);
                }

                @Override
                public void refused(AgentbusException error) {
                  Attempt.this.refused(response, error);
                }
              }));
    }

    private void refused(Response response, AgentbusException error) {
      if (task.cancellation.isWithdrawn()) {
        settle.accept(Disposition.ACKNOWLEDGE);
      } else if (sender.isStopping()) {
        settle.accept(
            new Disposition.Requeue(
                Duration.ZERO, "the agent left before its response was on disk"));
      } else if (isForWantOfRoom(error)) {
        // The work is done and may have been dear: its result waits for room, where a refusal would
        // repeat the work.
        loop.schedule(backoff.next(), () -> sendUnlessWithdrawn(response));
      } else if (refusal == null) {
        refusal = error;
        send(encodeAsIs(task, Outcome.failure(error)));
      } else {
        settle.accept(new Disposition.Drop("the response was refused: " + refusal.text()));
      }
    }

    /** The delegator's mailbox is full or, which nobody but this agent says, too much waits. */
    private static boolean isForWantOfRoom(AgentbusException error) {
      return error.hasReason("MAILBOX_FULL")
          || (error.code() == StatusCode.RESOURCE_EXHAUSTED && error.reason().isEmpty());
    }

    private void sendUnlessWithdrawn(Response response) {
      if (task.cancellation.isWithdrawn()) {
        settle.accept(Disposition.ACKNOWLEDGE);
      } else {
        send(response);
      }
    }
  }
}
