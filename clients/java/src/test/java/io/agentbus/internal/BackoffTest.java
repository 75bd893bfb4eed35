package io.agentbus.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Goal: waits grow within their bounds. Method: a random number that is always the same. */
class BackoffTest {
  @Test
  void doublesItsBoundUpToTheLongest() {
    Backoff backoff = new Backoff(() -> 0.5);
    List<Long> waits = IntStream.range(0, 8).mapToObj(i -> backoff.next().toMillis()).toList();
    assertEquals(List.of(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L), waits);
  }

  @Test
  void startsOverAfterASuccess() {
    Backoff backoff = new Backoff(() -> 0.5);
    backoff.next();
    backoff.next();
    backoff.reset();
    assertEquals(Duration.ofMillis(100), backoff.next());
  }

  @Test
  void mayNotWaitAtAll() {
    assertEquals(Duration.ZERO, new Backoff(() -> 0).next());
  }
}
