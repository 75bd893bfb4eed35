package io.agentbus.internal.agent;

import io.agentbus.internal.wire.Times;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.MessageType;
import java.time.Instant;

/** A handler at work on a message. Its fields are the loop's. */
final class Run {
  final String key;
  final IncomingMessage message;

  /** The newest delivery of the message; null while this agent holds none. */
  String deliveryId;

  /** When the lease of that delivery last began, as far as this agent knows. */
  long leasedAtNanos;

  /** When more time was last asked for. */
  long extendedAtNanos;

  Run(String key, IncomingMessage message) {
    this.key = key;
    this.message = message;
  }

  /** A message is known by its id and its sender together. */
  static String keyOf(Envelope message) {
    return message.getSender().getAgentId() + " " + message.getMessageId();
  }

  /** Whether the bus took the task away: nothing is to be settled, and nobody wants the outcome. */
  boolean isWithdrawn() {
    return message.cancellation.isWithdrawn();
  }

  boolean isTask() {
    return message.envelope.getMessageType() == MessageType.MESSAGE_TYPE_TASK_REQUEST;
  }

  /**
   * Whether a withdrawal means this run. An attempt may be taken away and the next one be given to
   * the same agent under the same id, and the news of the first may come after the second: mail
   * that is not older than the news is not meant.
   */
  boolean isMeant(Withdrawal withdrawal) {
    return isTask()
        && message.messageId().equals(withdrawal.messageId())
        && message.sessionId().equals(withdrawal.sessionId())
        && message.sender().equals(withdrawal.delegator())
        && (withdrawal.isFinal() || acceptedBefore(withdrawal.at()));
  }

  /**
   * Whether a delivery is of another mail than this run's, with the same message: a new attempt of
   * its task. A redelivery of the same mail was accepted at the same time.
   */
  boolean isFollowedBy(Delivery delivery) {
    return isTask()
        && message.delivery.hasAcceptedTime()
        && delivery.hasAcceptedTime()
        && acceptedBefore(Times.toInstant(delivery.getAcceptedTime()));
  }

  /** Whether a delivery is of the same mail as this run's. */
  boolean isOfSameMail(Delivery delivery) {
    return message.delivery.getAcceptedTime().equals(delivery.getAcceptedTime());
  }

  private boolean acceptedBefore(Instant moment) {
    return message.acceptedAt().map(accepted -> accepted.isBefore(moment)).orElse(true);
  }
}
