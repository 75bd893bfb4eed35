package io.agentbus.conformance;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;

/** What handlers wait for, by name. */
final class Holds {
  private final ConcurrentMap<String, CountDownLatch> latches = new ConcurrentHashMap<>();

  void release(String name) {
    latch(name).countDown();
  }

  /** Waits for the release; ends early when the thread is interrupted. */
  void await(String name) throws InterruptedException {
    latch(name).await();
  }

  /** Waits for the release alone. */
  void awaitDeaf(String name) {
    for (; ; ) {
      try {
        await(name);
        return;
      } catch (InterruptedException told) {
        // Deaf, as it was asked to be.
        continue;
      }
    }
  }

  private CountDownLatch latch(String name) {
    return latches.computeIfAbsent(name, key -> new CountDownLatch(1));
  }
}
