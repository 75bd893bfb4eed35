package io.agentbus.internal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.AgentbusException;
import io.agentbus.Content;
import io.agentbus.RejectException;
import io.agentbus.RetryLaterException;
import io.agentbus.StatusCode;
import io.agentbus.v1.Delivery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Goal: what handlers return and throw means what the docs say. Method: one outcome after another.
 */
class OutcomeTest {
  private final Cancellation cancellation = new Cancellation();

  private IncomingTask task(int attempt) {
    Delivery delivery = Delivery.newBuilder().setAttempt(attempt).build();
    return new IncomingTask(delivery, cancellation, envelope -> null);
  }

  private Map<String, Object> response(Object returned, Throwable thrown) {
    Outcome outcome = Outcome.ofTask(task(1), returned, thrown);
    return assertInstanceOf(Outcome.Respond.class, outcome).content().payload();
  }

  private Disposition disposition(Outcome outcome) {
    return assertInstanceOf(Outcome.Settle.class, outcome).disposition();
  }

  @Test
  void respondsWithWhatIsReturned() {
    assertEquals(Map.of("a", 1), response(Map.of("a", 1), null));
    assertEquals(Map.of("a", 1), response(Content.json(Map.of("a", 1)), null));
    assertEquals(Map.of(), response(null, null));
  }

  @Test
  void failsWithTheNameOfWhatIsThrown() {
    AgentbusException refusal =
        new AgentbusException(StatusCode.ABORTED, "SESSION_CONFLICT", "twice", Map.of(), null);
    for (List<?> one :
        List.of(
            List.of(new IllegalStateException("no"), "IllegalStateException", "no"),
            List.of(new CompletionException(refusal), "SESSION_CONFLICT", "twice"),
            List.of(new AgentbusException(StatusCode.NOT_FOUND, "gone"), "NOT_FOUND", "gone"))) {
      assertEquals(
          Map.of("status", "failed", "error", Map.of("reason", one.get(1), "message", one.get(2))),
          response(null, (Throwable) one.get(0)));
    }
  }

  @Test
  void failsWithWhatIsNoResult() {
    assertTrue(response("text", null).get("error").toString().contains("java.lang.String"));
  }

  @Test
  void doesWhatIsAskedForByName() {
    assertEquals(
        new Disposition.Requeue(Duration.ofSeconds(3), "busy"),
        disposition(
            Outcome.ofTask(task(1), null, new RetryLaterException(Duration.ofSeconds(3), "busy"))));
    assertEquals(
        new Disposition.Drop("never"),
        disposition(Outcome.ofTask(task(1), null, new RejectException("never"))));
  }

  @Test
  void putsBackWhatWasCutOffByLeaving() {
    cancellation.cancel(new AgentbusException(StatusCode.CANCELLED, "the agent has left"));
    assertEquals(
        new Disposition.Requeue(Duration.ZERO, "the agent left"),
        disposition(Outcome.ofTask(task(1), null, new InterruptedException())));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "6, 32", "7, 60", "1000, 60"})
  void putsAMessageBackForLongerEachTime(int attempt, int seconds) {
    Outcome outcome = Outcome.ofMessage(task(attempt), new IllegalStateException("not now"));
    assertEquals(
        new Disposition.Requeue(Duration.ofSeconds(seconds), "not now"), disposition(outcome));
  }
}
