package io.agentbus.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Goal: every task runs at once, whatever the others do. Method: tasks that wait for each other.
 */
@Timeout(30)
class ElasticExecutorTest {
  private final AtomicInteger threads = new AtomicInteger();
  private final ThreadFactory factory =
      task -> {
        Thread thread = new Thread(task, "elastic-" + threads.incrementAndGet());
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(
            (where, thrown) -> assertEquals("no", thrown.getMessage()));
        return thread;
      };
  private final ElasticExecutor executor = new ElasticExecutor(factory);

  @Test
  void runsAsManyTasksSideBySideAsBlock() throws Exception {
    for (int round = 0; round < 50; round++) {
      CountDownLatch together = new CountDownLatch(20);
      CountDownLatch ended = new CountDownLatch(20);
      for (int count = 0; count < 20; count++) {
        executor.execute(
            () -> {
              together.countDown();
              try {
                together.await();
              } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
              }
              ended.countDown();
            });
      }
      ended.await();
    }
  }

  @Test
  void survivesTasksThatThrowAndLeaveInterrupts() throws Exception {
    executor.execute(
        () -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("no");
        });
    for (int count = 0; count < 100; count++) {
      CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
      executor.execute(() -> isInterrupted.complete(Thread.currentThread().isInterrupted()));
      assertFalse(isInterrupted.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void refusesATaskForWhichThereIsNoThread() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    ElasticExecutor poor =
        new ElasticExecutor(
            task -> {
              if (tries.getAndIncrement() == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return factory.newThread(task);
            });
    CompletableFuture<String> ran = new CompletableFuture<>();
    assertThrows(OutOfMemoryError.class, () -> poor.execute(() -> ran.complete("first")));
    poor.execute(() -> ran.complete("second"));
    assertEquals("second", ran.get(10, TimeUnit.SECONDS));
  }
}
