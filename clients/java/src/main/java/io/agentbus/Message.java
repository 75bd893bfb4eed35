package io.agentbus;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A message in the hands of its handler. Absent words are empty strings. Thread-safe. */
public interface Message {
  /**
   * Its name, chosen by the sender.
   *
   * @return the message id
   */
  String messageId();

  /**
   * What it means to the bus.
   *
   * @return the type
   */
  MessageType type();

  /**
   * The agent that sent it.
   *
   * @return an agent id
   */
  String sender();

  /**
   * The session it is part of.
   *
   * @return empty for none
   */
  String sessionId();

  /**
   * The message that it answers.
   *
   * @return empty for none
   */
  String correlationId();

  /**
   * The task that caused it.
   *
   * @return empty for none
   */
  String parentTaskId();

  /**
   * The workflow step it belongs to.
   *
   * @return empty for none
   */
  String step();

  /**
   * How urgent it is.
   *
   * @return {@link Priority#UNKNOWN} if the sender did not say
   */
  Priority priority();

  /**
   * The JSON content.
   *
   * @return unmodifiable; empty if there is none
   */
  Map<String, Object> payload();

  /**
   * The content, which may be bytes.
   *
   * @return what the message says
   */
  Content content();

  /**
   * Words about it that are not its content.
   *
   * @return unmodifiable
   */
  Map<String, String> metadata();

  /**
   * When the sender made it, by the sender's clock.
   *
   * @return empty if the sender did not say
   */
  Optional<Instant> sentAt();

  /**
   * When the bus had it on disk, by the clock of the bus.
   *
   * @return empty if the bus did not say
   */
  Optional<Instant> acceptedAt();

  /**
   * Time that the sender gives one attempt of a task.
   *
   * @return empty for no bound
   */
  Optional<Duration> timeout();

  /**
   * Which delivery of the message this is.
   *
   * @return counted from 1
   */
  int attempt();

  /**
   * Whether it may have been handled before, by this process or another.
   *
   * @return true if it was delivered before
   */
  boolean redelivered();

  /**
   * Completes when the handler is to stop, with why: when the agent closes or loses its place, and
   * for a task when it is taken away. The thread of a handler that blocks is interrupted as well.
   *
   * <p>The reason is {@code TASK_CANCELLED} if the task was called off, and none if the attempt
   * timed out or somebody else is asked; the fact {@code cause} has the bus's word for it. Of
   * several processes of one agent only one gets the news. The others stop when the bus refuses to
   * extend the lease of the task: after a third of it, or of the heartbeat interval, at the latest.
   *
   * @return a copy, which never fails
   */
  CompletableFuture<AgentbusException> cancelled();

  /**
   * Whether the handler is to stop.
   *
   * @return true once {@link #cancelled} is bound to complete
   */
  boolean isCancelled();

  /**
   * Sends a message in the session of this one, and as a part of its trace.
   *
   * @param message what to send
   * @return completes when it is on disk; see {@link Agent#send}
   */
  CompletableFuture<Sent> send(OutgoingMessage message);
}
