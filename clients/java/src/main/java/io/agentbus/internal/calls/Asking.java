package io.agentbus.internal.calls;

import io.agentbus.AgentbusException;
import io.agentbus.Answer;
import io.agentbus.AskOptions;
import io.agentbus.Content;
import io.agentbus.StatusCode;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Completions;
import io.agentbus.internal.Limits;
import io.agentbus.internal.wire.Envelopes;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Times;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.MessageServiceGrpc;
import io.agentbus.v1.SendMessageRequest;
import io.agentbus.v1.SendMessageResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends a task and waits in the same call until it has ended. A wait that is cut short, by a lost
 * connection or a bus that stops, goes on in another call with the same message, which is the same
 * task, for what is left of its time.
 */
final class Asking {
  private final Calls calls;
  private final Envelope message;
  private final AskOptions options;
  private final Backoff backoff;
  private final long endsAtNanos;
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();
  private int failures;

  /** A call held for a while: there is a bus, and it is waited for however long it is away. */
  private boolean wasThere;

  private Asking(Calls calls, Envelope message, AskOptions options) {
    this.calls = calls;
    this.message = message;
    this.options = options;
    backoff = calls.newBackoff();
    endsAtNanos = System.nanoTime() + options.timeout().toNanos();
  }

  static CompletableFuture<Answer> ask(Calls calls, Envelope message, AskOptions options) {
    Asking asking = new Asking(calls, message, options);
    asking.attempt();
    return asking.answer;
  }

  private void attempt() {
    long startedAtNanos = System.nanoTime();
    Duration wait = Duration.ofNanos(Math.max(endsAtNanos - startedAtNanos, 1_000_000));
    SendMessageRequest request =
        SendMessageRequest.newBuilder()
            .setMessage(message)
            .setCancelOnTimeout(options.cancelOnTimeout())
            .setWait(Times.toProto(wait))
            .build();
    // The bus ends the wait itself, and says what became of the task; the deadline of the call is
    // for a bus that does not.
    CompletableFuture<SendMessageResponse> call =
        calls.callOnce(
            MessageServiceGrpc.getSendMessageMethod(), request, wait.plus(Limits.ANSWER_MARGIN));
    answer.whenComplete(
        (value, thrown) -> {
          if (answer.isCancelled()) {
            call.cancel(true);
          }
        });
    call.whenComplete((response, thrown) -> ended(startedAtNanos, response, thrown));
  }

  private void ended(long startedAtNanos, SendMessageResponse response, Throwable thrown) {
    if (answer.isDone()) {
      return;
    }
    if (thrown == null) {
      if (response.hasReply()) {
        Completions.complete(answer, toAnswer(response.getReply()));
      } else {
        Completions.fail(answer, Errors.missing("reply"));
      }
      return;
    }
    AgentbusException error = calls.toCallError(thrown);
    long now = System.nanoTime();
    if (now - startedAtNanos >= Limits.HEALTHY_STREAM.toNanos()) {
      wasThere = true;
      backoff.reset();
    }
    failures++;
    Duration pause = backoff.next();
    if (error.code() != StatusCode.UNAVAILABLE
        || (!wasThere && failures >= Limits.MAX_CALL_ATTEMPTS)
        || endsAtNanos - now <= pause.toNanos()) {
      Completions.fail(answer, error);
      return;
    }
    Calls.after(pause, this::attempt);
  }

  private Answer toAnswer(Envelope reply) {
    Content content = Envelopes.contentOf(reply);
    boolean failed = "failed".equals(content.payload().get("status"));
    return new Answer(message.getMessageId(), reply.getSender().getAgentId(), failed, content);
  }
}
