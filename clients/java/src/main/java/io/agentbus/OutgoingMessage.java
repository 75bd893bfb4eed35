package io.agentbus;

import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.Recipient;
import java.util.Collection;

/** A message on its way out: a {@link MessageType#NOTIFICATION} unless it says otherwise. */
public final class OutgoingMessage extends MessageSpec<OutgoingMessage> {
  private OutgoingMessage(Recipient.Builder recipient) {
    super(recipient.build());
    type(MessageType.NOTIFICATION);
  }

  /**
   * A message to one agent.
   *
   * @param agentId such as {@code codex://frontend}
   * @return the message
   */
  public static OutgoingMessage to(String agentId) {
    return new OutgoingMessage(Recipient.newBuilder().setAgentId(agentId));
  }

  /**
   * A message to every participant of the session with a role, but the sender.
   *
   * @param role 1 to 64 bytes
   * @return the message
   */
  public static OutgoingMessage toRole(String role) {
    return new OutgoingMessage(Recipient.newBuilder().setRole(role));
  }

  /**
   * A message to the least busy agent that has a capability.
   *
   * @param capability 1 to 128 bytes
   * @return the message
   */
  public static OutgoingMessage toCapability(String capability) {
    return new OutgoingMessage(Recipient.newBuilder().setCapability(capability));
  }

  /**
   * A message to all participants of the session but the sender.
   *
   * @return the message
   */
  public static OutgoingMessage toAllParticipants() {
    return new OutgoingMessage(Recipient.newBuilder().setAllParticipants(true));
  }

  @Override
  OutgoingMessage self() {
    return this;
  }

  /**
   * What it means to the bus.
   *
   * @param type default {@link MessageType#NOTIFICATION}
   * @return this
   */
  public OutgoingMessage type(MessageType type) {
    envelope.setMessageType(Vocabulary.MESSAGE_TYPES.toProto(type));
    return this;
  }

  /**
   * Name of the message. Who names messages can repeat them after a crash: the bus takes the
   * repetition for a duplicate. For that reason such a message is not stamped with the time.
   *
   * @param messageId 1 to 128 visible ASCII characters; default: a new one
   * @return this
   */
  public OutgoingMessage messageId(String messageId) {
    envelope.setMessageId(messageId);
    return this;
  }

  /**
   * The session it is part of.
   *
   * @param sessionId default: that of the handled message for what a handler sends, else none
   * @return this
   */
  public OutgoingMessage sessionId(String sessionId) {
    envelope.getSenderBuilder().setSessionId(sessionId);
    return this;
  }

  /**
   * The message that this one answers.
   *
   * @param messageId at most 136 visible ASCII characters; default: none
   * @return this
   */
  public OutgoingMessage correlationId(String messageId) {
    envelope.setCorrelationId(messageId);
    return this;
  }

  /**
   * Turns in its life that the agent is told of by its receipt listener.
   *
   * @param states each at most once; default: none
   * @return this
   */
  public OutgoingMessage receipts(Collection<MessageState> states) {
    routing().clearReceipts();
    states.forEach(state -> routing().addReceipts(Vocabulary.MESSAGE_STATES.toProto(state)));
    return this;
  }
}
