package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.Limits;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what waits for the answer of the bus. Thread-safe: whoever sends too much hears it at
 * once.
 */
final class SendBudget {
  private final AtomicInteger messages = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** Takes room for a message; fails with RESOURCE_EXHAUSTED if there is none. */
  void take(int size) {
    int count = messages.incrementAndGet();
    if (count > Limits.MAX_UNANSWERED_SENDS
        || bytes.addAndGet(size) > Limits.MAX_UNANSWERED_BYTES) {
      if (count > Limits.MAX_UNANSWERED_SENDS) {
        messages.decrementAndGet();
      } else {
        giveBack(size);
      }
      throw new AgentbusException(
          StatusCode.RESOURCE_EXHAUSTED,
          (count - 1)
              + " messages wait for the answer of the bus: wait for some before sending more");
    }
  }

  /** Gives the room of an answered message back. */
  void giveBack(int size) {
    messages.decrementAndGet();
    bytes.addAndGet(-size);
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return messages.get() == 0;
  }
}
