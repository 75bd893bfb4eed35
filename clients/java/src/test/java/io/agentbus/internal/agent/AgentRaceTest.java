package io.agentbus.internal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.AgentbusException;
import io.agentbus.OutgoingMessage;
import io.agentbus.Sent;
import io.agentbus.StatusCode;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.Envelope;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goal: what depends on the order of frames. Method: a bus that says them in that order. */
@Timeout(30)
class AgentRaceTest {
  private ScriptedBus bus;
  private AgentClient agent;
  private final AtomicInteger started = new AtomicInteger();
  private final CompletableFuture<Void> begun = new CompletableFuture<>();
  private final CompletableFuture<Object> result = new CompletableFuture<>();
  private final CompletableFuture<AgentbusException> cancelled = new CompletableFuture<>();

  @BeforeEach
  void connect() throws Exception {
    bus = new ScriptedBus();
    agent =
        bus.agent(
            new Handlers(
                task -> {
                  started.incrementAndGet();
                  task.cancelled().thenAccept(cancelled::complete);
                  begun.complete(null);
                  // A copy for each, as a stage is cancelled with its task.
                  return result.copy();
                },
                null,
                null));
  }

  @AfterEach
  void leave() throws Exception {
    agent.close(Duration.ZERO).get(10, TimeUnit.SECONDS);
    bus.close();
  }

  @Test
  void settlesTheNewestDeliveryOfATaskThatIsDeliveredAgainWhileItRuns() throws Exception {
    ScriptedBus.Stream first = bus.welcome();
    first.deliver("d1", "t", 1);
    first.breakOff();
    ScriptedBus.Stream second = bus.welcome();
    second.deliver("d2", "t", 1);
    // The answer to a message shows that the delivery before it was seen.
    CompletableFuture<Sent> ping = agent.send(OutgoingMessage.to("java://boss").messageId("ping"));
    second.expect(AgentStreamRequest::hasSend);
    second.accept("ping");
    ping.get(10, TimeUnit.SECONDS);

    result.complete(Map.of("done", true));
    Envelope response = second.expectMessage();
    assertEquals("t", response.getCorrelationId());
    second.accept(response.getMessageId());
    AgentStreamRequest ack = second.expect(AgentStreamRequest::hasAck);
    assertEquals(List.of("d2"), ack.getAck().getDeliveryIdsList());
    assertEquals(1, started.get());
  }

  @Test
  void acknowledgesAgainWhatWasHandledAndNotConfirmed() throws Exception {
    result.complete(null);
    ScriptedBus.Stream first = bus.welcome();
    first.deliver("d1", "t", 1);
    first.accept(first.expectMessage().getMessageId());
    first.expect(AgentStreamRequest::hasAck);
    first.breakOff();
    ScriptedBus.Stream second = bus.welcome();
    second.deliver("d2", "t", 1);
    AgentStreamRequest ack = second.expect(AgentStreamRequest::hasAck);
    assertEquals(List.of("d2"), ack.getAck().getDeliveryIdsList());
    assertEquals(1, started.get());
  }

  @Test
  void saysAnUnansweredMessageAgainWithTheSameBytes() throws Exception {
    CompletableFuture<Sent> sent = agent.send(OutgoingMessage.to("java://boss"));
    ScriptedBus.Stream first = bus.welcome();
    Envelope once = first.expectMessage();
    first.breakOff();
    ScriptedBus.Stream second = bus.welcome();
    Envelope again = second.expectMessage();
    assertEquals(once.toByteString(), again.toByteString());
    second.accept(again.getMessageId());
    assertEquals(once.getMessageId(), sent.get(10, TimeUnit.SECONDS).messageId());
  }

  @Test
  void stopsATaskWhoseExtensionComesBackStaleBeforeItsLeaseIsOver() throws Exception {
    ScriptedBus.Stream stream = bus.welcome(Duration.ofMillis(300));
    stream.deliver("d1", "t", 1);
    AgentStreamRequest extend = stream.expect(AgentStreamRequest::hasExtend);
    assertEquals(List.of("d1"), extend.getExtend().getDeliveryIdsList());
    stream.stale("d1");
    assertEquals(Map.of("task_id", "t"), cancelled.get(10, TimeUnit.SECONDS).facts());
  }

  @Test
  void startsAnewForANewAttempt() throws Exception {
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    begun.get(10, TimeUnit.SECONDS);
    stream.deliver("d2", "t", 2);
    cancelled.get(10, TimeUnit.SECONDS);
    result.complete(Map.of());
    stream.accept(stream.expectMessage().getMessageId());
    AgentStreamRequest ack = stream.expect(AgentStreamRequest::hasAck);
    assertEquals(List.of("d2"), ack.getAck().getDeliveryIdsList());
    assertEquals(2, started.get());
  }

  @Test
  void failsWhatIsUnansweredWhenItLeaves() throws Exception {
    bus.welcome();
    CompletableFuture<Sent> sent = agent.send(OutgoingMessage.to("java://boss"));
    agent.close(Duration.ZERO).get(10, TimeUnit.SECONDS);
    ExecutionException thrown = assertThrows(ExecutionException.class, sent::get);
    assertEquals(StatusCode.CANCELLED, AgentbusException.from(thrown).code());
    assertTrue(agent.send(OutgoingMessage.to("java://boss")).isCompletedExceptionally());
  }

  @Test
  void handlesANewAttemptThoughTheOneBeforeIsNotConfirmed() throws Exception {
    result.complete(null);
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    stream.accept(stream.expectMessage().getMessageId());
    stream.expect(AgentStreamRequest::hasAck);
    stream.deliver("d2", "t", 2);
    stream.accept(stream.expectMessage().getMessageId());
    stream.expect(AgentStreamRequest::hasAck);
    assertEquals(2, started.get());
  }

  @Test
  void leavesThoughOneDeliveryCameTwiceAndIsConfirmedOnce() throws Exception {
    result.complete(null);
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    stream.accept(stream.expectMessage().getMessageId());
    stream.expect(AgentStreamRequest::hasAck);
    stream.deliver(ScriptedBus.Stream.task("d1", "t", 1), ScriptedBus.Stream.task("d1", "t", 1));
    int named = 0;
    while (named < 2) {
      named += stream.expect(AgentStreamRequest::hasAck).getAck().getDeliveryIdsCount();
    }
    stream.confirm("d1", "d1", "d1");
    agent.drain().get(10, TimeUnit.SECONDS);
  }

  @Test
  void saysDrainRightAfterAWelcomeThatComesLater() throws Exception {
    CompletableFuture<Sent> sent = agent.send(OutgoingMessage.to("java://boss"));
    CompletableFuture<Void> left = agent.drain();
    ScriptedBus.Stream stream = bus.welcome();
    AgentStreamRequest first = stream.expect(frame -> true);
    assertTrue(first.hasDrain(), first::toString);
    stream.accept(stream.expectMessage().getMessageId());
    sent.get(10, TimeUnit.SECONDS);
    left.get(10, TimeUnit.SECONDS);
  }

  @Test
  void leavesAtOnceWithoutAWelcomeWhenThereIsNothingToDo() throws Exception {
    bus.hello();
    agent.drain().get(4, TimeUnit.SECONDS);
  }

  @Test
  void leavesWithinTheShortestOfItsTimes() throws Exception {
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    begun.get(10, TimeUnit.SECONDS);
    CompletableFuture<Void> left = agent.drain(Duration.ofMillis(50));
    agent.drain();
    agent.drain(Duration.ofSeconds(Long.MAX_VALUE));
    left.get(10, TimeUnit.SECONDS);
  }

  @Test
  void sendsNoFailureForAWithdrawnTaskWhoseResponseIsRefused() throws Exception {
    ScriptedBus.Stream stream = bus.welcome();
    result.complete(Map.of());
    stream.deliver("d1", "t", 1);
    String refused = stream.expectMessage().getMessageId();
    stream.deliver("d2", "t", 2);
    String second = stream.expectMessage().getMessageId();
    stream.refuse(refused);
    stream.accept(second);
    stream.expect(AgentStreamRequest::hasAck);
    stream.confirm("d2");
    // It would wait for the answer to a failure.
    agent.drain().get(10, TimeUnit.SECONDS);
  }
}
