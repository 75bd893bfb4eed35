package io.agentbus;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * An agent on the bus. It keeps a stream open, whatever happens to connections, until it leaves or
 * is refused, and keeps the program alive until then. Thread-safe.
 *
 * <p>Futures complete on threads of the client that what hangs on them may block, and fail with an
 * {@link AgentbusException}. The program does not end before what hangs on {@link #closed} has run.
 */
public interface Agent extends AutoCloseable {
  /**
   * Begins an agent.
   *
   * @param address where the bus is, such as {@code http://127.0.0.1:8080}; {@code https:} for TLS
   * @return a builder that wants a key and an agent id
   */
  static AgentBuilder builder(String address) {
    return new AgentBuilder(address);
  }

  /**
   * Who it is.
   *
   * @return {@code framework://name}
   */
  String agentId();

  /**
   * Name of this process among those of the agent.
   *
   * @return the same across reconnects
   */
  String instanceId();

  /**
   * Where its connection stands.
   *
   * @return the newest status
   */
  AgentStatus status();

  /**
   * Completes when the bus has first welcomed the agent.
   *
   * @return fails if it never will
   */
  CompletableFuture<Void> ready();

  /**
   * Completes when the agent has left as it was told to.
   *
   * @return fails with STREAM_FENCED or with what the bus refused it for
   */
  CompletableFuture<Void> closed();

  /**
   * Sends a message. While the bus is away the message waits, and it is sent again under the same
   * id if its answer was lost. At most 10,000 messages and 64 MiB wait.
   *
   * @param message what to send
   * @return completes when it is on disk; fails with what the bus refuses it for, with
   *     MESSAGE_TOO_LARGE above 4,128,768 bytes, with RESOURCE_EXHAUSTED when too many wait, and
   *     with CANCELLED when the agent leaves before there is an answer
   */
  CompletableFuture<Sent> send(OutgoingMessage message);

  /**
   * Takes no more work, finishes what is running and what is being sent, and leaves.
   *
   * @return completes as {@link #closed} does
   */
  CompletableFuture<Void> drain();

  /**
   * Drains, and leaves all the same after a while; what is unfinished then is delivered again.
   *
   * @param grace the longest time it may take
   * @return completes as {@link #closed} does
   */
  CompletableFuture<Void> drain(Duration grace);

  /**
   * Leaves within 10 s, with the handlers cancelled at once, and waits for it. Never fails. A
   * handler calls {@link #close(Duration)} instead, as this would wait for the handler itself.
   */
  @Override
  void close();

  /**
   * Leaves soon, with the handlers cancelled at once.
   *
   * @param grace the longest time it may take
   * @return completes when the agent has left, and never fails
   */
  CompletableFuture<Void> close(Duration grace);
}
