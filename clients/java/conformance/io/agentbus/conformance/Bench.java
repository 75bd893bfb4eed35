package io.agentbus.conformance;

import io.agentbus.Agent;
import io.agentbus.OutgoingMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** Sends notifications from one agent to another in this process, and takes the time. */
final class Bench {
  private Bench() {}

  static Map<String, ?> run(Facts with) throws Exception {
    int count = with.number("messages").orElseThrow().intValue();
    int window = with.number("window").orElseThrow().intValue();
    byte[] bytes = new byte[with.number("bytes").orElseThrow().intValue()];
    long[] sentAt = new long[count];
    long[] handledAt = new long[count];
    CountDownLatch left = new CountDownLatch(count);
    Semaphore room = new Semaphore(window);
    CompletableFuture<Void> failed = new CompletableFuture<>();
    try (Agent receiver =
            Agent.builder(with.text("address"))
                .apiKey(with.text("api_key"))
                .agentId(with.text("to"))
                .maxInFlight(window)
                .onMessage(
                    message -> {
                      handledAt[Integer.parseInt(message.metadata().get("number"))] =
                          System.nanoTime();
                      left.countDown();
                      room.release();
                    })
                .connect();
        Agent sender =
            Agent.builder(with.text("address"))
                .apiKey(with.text("api_key"))
                .agentId(with.text("from"))
                .connect()) {
      CompletableFuture.allOf(receiver.ready(), sender.ready()).get();
      for (int number = 0; number < count; number++) {
        room.acquire();
        if (failed.isDone()) {
          failed.get();
        }
        sentAt[number] = System.nanoTime();
        OutgoingMessage message =
            OutgoingMessage.to(with.text("to"))
                .data(bytes, "application/octet-stream")
                .metadata("number", Integer.toString(number));
        sender
            .send(message)
            .exceptionally(
                error -> {
                  failed.completeExceptionally(error);
                  // Lets the loop above see it.
                  room.release();
                  return null;
                });
      }
      left.await();
    }
    return result(sentAt, handledAt);
  }

  private static Map<String, ?> result(long[] sentAt, long[] handledAt) {
    long lastAt = sentAt[0];
    List<Long> latencies = new ArrayList<>(sentAt.length);
    for (int number = 0; number < sentAt.length; number++) {
      lastAt = Math.max(lastAt, handledAt[number]);
      latencies.add((handledAt[number] - sentAt[number]) / 1_000);
    }
    return Map.of("elapsed_ms", (lastAt - sentAt[0]) / 1e6, "latencies_us", latencies);
  }
}
