package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.Content;
import io.agentbus.Message;
import io.agentbus.MessageType;
import io.agentbus.OutgoingMessage;
import io.agentbus.Priority;
import io.agentbus.Sent;
import io.agentbus.internal.wire.Envelopes;
import io.agentbus.internal.wire.Times;
import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.RedeliveryReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A message as its handler sees it. What it says is decoded when the handler asks for it. */
class IncomingMessage implements Message {
  /** Sends what handlers send. */
  interface Sender {
    CompletableFuture<Sent> send(Envelope envelope);
  }

  final Delivery delivery;
  final Envelope envelope;
  final Cancellation cancellation;
  private final Sender sender;
  private volatile Content content;

  IncomingMessage(Delivery delivery, Cancellation cancellation, Sender sender) {
    this.delivery = delivery;
    this.envelope = delivery.getMessage();
    this.cancellation = cancellation;
    this.sender = sender;
  }

  @Override
  public String messageId() {
    return envelope.getMessageId();
  }

  @Override
  public MessageType type() {
    return Vocabulary.MESSAGE_TYPES.toProgram(envelope.getMessageType());
  }

  @Override
  public String sender() {
    return envelope.getSender().getAgentId();
  }

  @Override
  public String sessionId() {
    return envelope.getSender().getSessionId();
  }

  @Override
  public String correlationId() {
    return envelope.getCorrelationId();
  }

  @Override
  public String parentTaskId() {
    return envelope.getParentTaskId();
  }

  @Override
  public String step() {
    return envelope.getStep();
  }

  @Override
  public Priority priority() {
    return Vocabulary.PRIORITIES.toProgram(envelope.getPriority());
  }

  @Override
  public Map<String, Object> payload() {
    return content().payload();
  }

  @Override
  public Content content() {
    if (content == null) {
      content = Envelopes.contentOf(envelope);
    }
    return content;
  }

  @Override
  public Map<String, String> metadata() {
    return envelope.getMetadataMap();
  }

  @Override
  public Optional<Instant> sentAt() {
    return envelope.hasTimestamp()
        ? Optional.of(Times.toInstant(envelope.getTimestamp()))
        : Optional.empty();
  }

  @Override
  public Optional<Instant> acceptedAt() {
    return delivery.hasAcceptedTime()
        ? Optional.of(Times.toInstant(delivery.getAcceptedTime()))
        : Optional.empty();
  }

  @Override
  public Optional<Duration> timeout() {
    return envelope.getRouting().hasTimeout()
        ? Optional.of(Times.toDuration(envelope.getRouting().getTimeout()))
        : Optional.empty();
  }

  @Override
  public int attempt() {
    return delivery.getAttempt();
  }

  @Override
  public boolean redelivered() {
    return delivery.getRedeliveredBecause() != RedeliveryReason.REDELIVERY_REASON_UNSPECIFIED;
  }

  @Override
  public CompletableFuture<AgentbusException> cancelled() {
    return cancellation.told();
  }

  @Override
  public boolean isCancelled() {
    return cancellation.reason() != null;
  }

  @Override
  public CompletableFuture<Sent> send(OutgoingMessage message) {
    return sendWithin(message.toEnvelope().toBuilder());
  }

  /** Sends what belongs to this message, unless the bus took it away. */
  final CompletableFuture<Sent> sendWithin(Envelope.Builder outgoing) {
    if (cancellation.isWithdrawn()) {
      return CompletableFuture.failedFuture(cancellation.reason());
    }
    inherit(envelope, outgoing);
    return sender.send(outgoing.build());
  }

  /** What a message passes on to those that it causes: its session and its place in a trace. */
  static void inherit(Envelope cause, Envelope.Builder outgoing) {
    if (outgoing.getSender().getSessionId().isEmpty()) {
      outgoing.getSenderBuilder().setSessionId(cause.getSender().getSessionId());
    }
    for (String key : new String[] {"traceparent", "tracestate"}) {
      String value = cause.getMetadataOrDefault(key, null);
      if (value != null && !outgoing.containsMetadata(key)) {
        outgoing.putMetadata(key, value);
      }
    }
  }
}
