package io.agentbus.internal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.Limits;
import org.junit.jupiter.api.Test;

/** Goal: what waits is bounded, and room comes back. Method: take until there is none. */
class SendBudgetTest {
  private final SendBudget budget = new SendBudget();

  private void assertFull(int size) {
    AgentbusException error = assertThrows(AgentbusException.class, () -> budget.take(size));
    assertEquals(StatusCode.RESOURCE_EXHAUSTED, error.code());
  }

  @Test
  void boundsMessages() {
    for (int count = 0; count < Limits.MAX_UNANSWERED_SENDS; count++) {
      budget.take(1);
    }
    assertFull(1);
    budget.giveBack(1);
    budget.take(1);
    assertFull(1);
  }

  @Test
  void boundsBytes() {
    int half = (int) (Limits.MAX_UNANSWERED_BYTES / 2);
    budget.take(half);
    budget.take(half);
    assertFull(1);
    budget.giveBack(half);
    budget.giveBack(half);
    assertTrue(budget.isEmpty());
  }
}
