package io.agentbus.internal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.AgentStatus;
import io.agentbus.AgentbusException;
import io.agentbus.AsyncTaskHandler;
import io.agentbus.OutgoingMessage;
import io.agentbus.StatusCode;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.AgentStreamResponse;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.Welcome;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goal: no fault of a program stalls its agent. Method: programs with each of the faults. */
@Timeout(30)
class AgentFaultTest {
  private ScriptedBus bus;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    bus = new ScriptedBus();
  }

  @AfterEach
  void leave() throws Exception {
    agent.close(Duration.ZERO).get(10, TimeUnit.SECONDS);
    bus.close();
  }

  private void connect(AsyncTaskHandler onTask) {
    connect(onTask, status -> {}, null);
  }

  private void connect(AsyncTaskHandler onTask, Consumer<AgentStatus> onStatus, Executor executor) {
    agent = bus.agent(new Handlers(onTask, null, null), onStatus, executor);
  }

  /** What a task comes to whose handler ends like this. */
  private Map<?, ?> errorOf(AsyncTaskHandler onTask) throws Exception {
    connect(onTask);
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    Envelope response = stream.expectMessage();
    stream.accept(response.getMessageId());
    stream.expect(AgentStreamRequest::hasAck);
    var payload = io.agentbus.internal.wire.JsonStruct.toMap(response.getPayload());
    return (Map<?, ?>) payload.get("error");
  }

  @Test
  void failsATaskWhoseErrorHasNoReadableMessage() throws Exception {
    class Unreadable extends RuntimeException {
      private static final long serialVersionUID = 1L;

      @Override
      public String getMessage() {
        throw new IllegalStateException();
      }
    }

    assertEquals(
        "Unreadable",
        errorOf(
                task -> {
                  throw new Unreadable();
                })
            .get("reason"));
  }

  @Test
  void failsATaskWhoseResultChangesWhileItIsRead() throws Exception {
    Map<String, Object> changing =
        new AbstractMap<>() {
          @Override
          public Set<Entry<String, Object>> entrySet() {
            throw new ConcurrentModificationException();
          }
        };
    assertEquals(
        "ConcurrentModificationException",
        errorOf(task -> CompletableFuture.completedFuture(changing)).get("reason"));
  }

  @Test
  void failsATaskWhoseResultChangesDeepInsideWhileItIsRead() throws Exception {
    Map<String, Object> result = new HashMap<>();
    result.put(
        "deep",
        (Iterable<Object>)
            () -> {
              throw new ConcurrentModificationException();
            });
    assertEquals(
        "ConcurrentModificationException",
        errorOf(task -> CompletableFuture.completedFuture(result)).get("reason"));
  }

  @Test
  void givesMailBackThatTheExecutorDoesNotTake() throws Exception {
    connect(
        task -> CompletableFuture.completedFuture(null),
        status -> {},
        task -> {
          throw new OutOfMemoryError("unable to create native thread");
        });
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    AgentStreamRequest rejection = stream.expect(AgentStreamRequest::hasReject);
    assertTrue(rejection.getReject().hasRequeueDelay());
  }

  @Test
  void staysOnTheBusWhenAListenerThrowsOrBlocks() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    connect(
        task -> CompletableFuture.completedFuture(null),
        status -> {
          if (status.state() == AgentStatus.State.ONLINE) {
            never.await();
          }
        });
    CompletableFuture<?> stuck = new CompletableFuture<>();
    // Before the welcome: afterwards it would run here.
    agent.ready().thenRun(() -> stuck.join());
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    stream.accept(stream.expectMessage().getMessageId());
    stream.expect(AgentStreamRequest::hasAck);
    never.countDown();
    stuck.complete(null);
  }

  /** A listener that may throw what the compiler knows of. */
  private interface Listener {
    void hear(AgentStatus status) throws Exception;
  }

  private void connect(AsyncTaskHandler onTask, Listener listener) {
    connect(
        onTask,
        status -> {
          try {
            listener.hear(status);
          } catch (Exception thrown) {
            throw new IllegalStateException(thrown);
          }
        },
        null);
  }

  @Test
  void answersSendsWhileTheProgramBlocksTheCommonPool() throws Exception {
    connect(null);
    ScriptedBus.Stream stream = bus.welcome();
    CountDownLatch free = new CountDownLatch(1);
    CountDownLatch taken = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
    for (int count = 0; count < ForkJoinPool.getCommonPoolParallelism(); count++) {
      ForkJoinPool.commonPool()
          .execute(
              () -> {
                taken.countDown();
                try {
                  free.await();
                } catch (InterruptedException stopped) {
                  throw new IllegalStateException(stopped);
                }
              });
    }
    try {
      taken.await();
      var sent = agent.send(OutgoingMessage.to("java://boss"));
      stream.accept(stream.expectMessage().getMessageId());
      sent.get(10, TimeUnit.SECONDS);
    } finally {
      free.countDown();
    }
  }

  @Test
  void leavesNoInterruptForTheNextHandlerOnTheThread() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
    connect(
        task -> {
          if (!begun.complete(null)) {
            isInterrupted.complete(Thread.currentThread().isInterrupted());
          }
          // Stops for the interrupt, and leaves it where it is.
          while (!isInterrupted.isDone() && !Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
          return CompletableFuture.completedFuture(null);
        },
        status -> {},
        one::execute);
    ScriptedBus.Stream stream = bus.welcome();
    stream.deliver("d1", "t", 1);
    begun.get(10, TimeUnit.SECONDS);
    stream.deliver("d2", "t", 2);
    assertFalse(isInterrupted.get(10, TimeUnit.SECONDS));
    one.shutdown();
  }

  @Test
  void tellsWhoeverWaitsOfAFaultOfItsOwn() throws Exception {
    connect(null);
    // No Java moment is that far away.
    bus.hello()
        .say(
            AgentStreamResponse.newBuilder()
                .setWelcome(
                    Welcome.newBuilder()
                        .setHeartbeatInterval(
                            com.google.protobuf.Duration.newBuilder()
                                .setSeconds(Long.MAX_VALUE)
                                .setNanos(Integer.MAX_VALUE))));
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> agent.closed().get(10, TimeUnit.SECONDS));
    assertEquals(StatusCode.INTERNAL, AgentbusException.from(thrown).code());
  }

  @Test
  void passesOverWhatANewerBusSays() throws Exception {
    connect(task -> CompletableFuture.completedFuture(null));
    ScriptedBus.Stream stream = bus.hello();
    // Neither limits nor an interval, frames without content, and a type of message of the future.
    stream.say(AgentStreamResponse.newBuilder().setWelcome(Welcome.getDefaultInstance()));
    stream.say(AgentStreamResponse.newBuilder());
    stream.accept("nobody sent this");
    stream.confirm("nobody settled this");
    Delivery.Builder delivery = ScriptedBus.Stream.task("d1", "t", 1).toBuilder();
    delivery.getMessageBuilder().setMessageTypeValue(99).setPriorityValue(99);
    stream.deliver(delivery.build());
    AgentStreamRequest rejection = stream.expect(AgentStreamRequest::hasReject);
    assertTrue(rejection.getReject().getDrop());
  }
}
