package io.agentbus.conformance;

import io.agentbus.Agent;
import io.agentbus.AgentBuilder;
import io.agentbus.OutgoingMessage;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends notifications from one agent to another in this process, and takes the time. */
final class Bench {
  private final Facts with;
  private final String run = "bench-" + UUID.randomUUID();
  private final int messages;
  private final byte[] data;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger handled = new AtomicInteger();
  private final ConcurrentMap<String, Long> sentAt = new ConcurrentHashMap<>();
  private final Queue<Long> latenciesUs = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> finished = new CompletableFuture<>();

  private Bench(Facts with) {
    this.with = with;
    messages = with.number("messages").orElseThrow().intValue();
    data = new byte[with.number("bytes").orElseThrow().intValue()];
  }

  static Map<String, ?> run(Facts with) throws Exception {
    return new Bench(with).run();
  }

  private Map<String, ?> run() throws Exception {
    int window = with.number("window").orElseThrow().intValue();
    Agent sender = agent("from").connect();
    Agent receiver =
        agent("to")
            .maxInFlight(window)
            .onMessage(message -> handled(sender, message.messageId()))
            .connect();
    CompletableFuture.allOf(sender.ready(), receiver.ready()).get();

    long startedAt = System.nanoTime();
    for (int count = 0; count < window; count++) {
      sendNext(sender);
    }
    finished.get();
    double elapsedMs = (System.nanoTime() - startedAt) / 1e6;

    CompletableFuture.allOf(sender.drain(), receiver.drain()).get();
    return Map.of("elapsed_ms", elapsedMs, "latencies_us", latenciesUs);
  }

  private AgentBuilder agent(String name) {
    return Agent.builder(with.text("address"))
        .apiKey(with.text("api_key"))
        .agentId(with.text(name));
  }

  private void sendNext(Agent sender) {
    int number = sent.getAndIncrement();
    if (number >= messages) {
      return;
    }
    String messageId = run + "-" + number;
    OutgoingMessage message =
        OutgoingMessage.to(with.text("to"))
            .messageId(messageId)
            .data(data, "application/octet-stream");
    sentAt.put(messageId, System.nanoTime());
    sender
        .send(message)
        .whenComplete(
            (done, error) -> {
              if (error != null) {
                finished.completeExceptionally(error);
              }
            });
  }

  private void handled(Agent sender, String messageId) {
    Long began = sentAt.remove(messageId);
    if (began == null) {
      // Left over from an earlier run, or delivered again.
      return;
    }
    latenciesUs.add((System.nanoTime() - began) / 1_000);
    if (handled.incrementAndGet() == messages) {
      finished.complete(null);
    } else {
      sendNext(sender);
    }
  }
}
