package io.agentbus.internal.agent;

import io.agentbus.internal.Limits;
import io.agentbus.internal.wire.Times;
import io.agentbus.v1.AckFrame;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.ExtendFrame;
import io.agentbus.v1.RejectFrame;
import io.agentbus.v1.SettleResultFrame;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Deliveries of one stream that were settled and not confirmed yet, or are to be kept. The bus
 * answers every id of every frame once, which tells confirmations of extensions and settlements
 * apart.
 */
final class Settlements implements Lane {
  /** Whoever holds deliveries. */
  interface Holder {
    /** Deliveries that are being worked on, for which more time is asked for now. */
    Set<String> held();

    /** The bus gave a delivery more time. */
    void kept(String deliveryId);

    /** The bus does not know a delivery as this stream's any more. */
    void lost(String deliveryId);
  }

  private static final Runnable NOBODY = () -> {};

  /** Frames that name a delivery and are not answered; an extension may be among them. */
  private static final class Unconfirmed {
    int frames;

    /** What to do when the settlement is on disk; null while the delivery is not settled. */
    Runnable durable;
  }

  private final Holder holder;
  private final Map<String, Unconfirmed> unconfirmed = new HashMap<>();
  private final ArrayDeque<String> acknowledgements = new ArrayDeque<>();
  private final ArrayDeque<AgentStreamRequest> rejections = new ArrayDeque<>();
  private boolean isExtensionDue;
  private int settledCount;

  Settlements(Holder holder) {
    this.holder = holder;
  }

  /** Whether every settlement is confirmed. */
  boolean isEmpty() {
    return settledCount == 0;
  }

  void settle(String deliveryId, Disposition disposition) {
    settle(deliveryId, disposition, NOBODY);
  }

  /**
   * Settles a delivery for good.
   *
   * @param durable called when that is on disk, unless the delivery was not held any more
   */
  void settle(String deliveryId, Disposition disposition, Runnable durable) {
    Unconfirmed entry = expectAnswer(deliveryId);
    if (entry.durable == null) {
      settledCount++;
    }
    entry.durable = durable;
    if (disposition instanceof Disposition.Requeue requeue) {
      rejections.add(
          rejection(
              RejectFrame.newBuilder()
                  .addDeliveryIds(deliveryId)
                  .setRequeueDelay(Times.toProto(withinBounds(requeue.delay())))
                  .setReason(withinBounds(requeue.reason()))));
    } else if (disposition instanceof Disposition.Drop drop) {
      rejections.add(
          rejection(
              RejectFrame.newBuilder()
                  .addDeliveryIds(deliveryId)
                  .setDrop(true)
                  .setReason(withinBounds(drop.reason()))));
    } else {
      acknowledgements.add(deliveryId);
    }
  }

  /** Asks for more time for all that is held when the frame is written. */
  void extend() {
    isExtensionDue = true;
  }

  /** Takes what the bus confirmed. */
  void confirm(SettleResultFrame result) {
    result.getDeliveryIdsList().forEach(id -> answered(id, false));
    result.getStaleDeliveryIdsList().forEach(id -> answered(id, true));
  }

  private Unconfirmed expectAnswer(String deliveryId) {
    Unconfirmed entry = unconfirmed.computeIfAbsent(deliveryId, id -> new Unconfirmed());
    entry.frames++;
    return entry;
  }

  private void answered(String deliveryId, boolean isStale) {
    Unconfirmed entry = unconfirmed.get(deliveryId);
    if (entry == null || --entry.frames > 0) {
      return;
    }
    unconfirmed.remove(deliveryId);
    if (entry.durable != null) {
      settledCount--;
      if (!isStale) {
        entry.durable.run();
      }
    } else if (isStale) {
      holder.lost(deliveryId);
    } else {
      holder.kept(deliveryId);
    }
  }

  @Override
  public void online() {
    offline();
  }

  @Override
  public void offline() {
    unconfirmed.clear();
    settledCount = 0;
    acknowledgements.clear();
    rejections.clear();
    isExtensionDue = false;
  }

  @Override
  public AgentStreamRequest next() {
    if (!acknowledgements.isEmpty()) {
      AckFrame.Builder frame = AckFrame.newBuilder();
      while (frame.getDeliveryIdsCount() < Limits.MAX_FRAME_DELIVERY_IDS
          && !acknowledgements.isEmpty()) {
        frame.addDeliveryIds(acknowledgements.poll());
      }
      return AgentStreamRequest.newBuilder().setAck(frame).build();
    }
    AgentStreamRequest rejection = rejections.poll();
    return rejection != null || !isExtensionDue ? rejection : nextExtension();
  }

  /** Credit bounds what is held, and thereby the frame. */
  private AgentStreamRequest nextExtension() {
    isExtensionDue = false;
    Set<String> held = holder.held();
    if (held.isEmpty()) {
      return null;
    }
    held.forEach(this::expectAnswer);
    return AgentStreamRequest.newBuilder()
        .setExtend(ExtendFrame.newBuilder().addAllDeliveryIds(held))
        .build();
  }

  private static AgentStreamRequest rejection(RejectFrame.Builder frame) {
    return AgentStreamRequest.newBuilder().setReject(frame).build();
  }

  /** The nearest delay that the contract allows. */
  private static Duration withinBounds(Duration delay) {
    if (delay.isNegative()) {
      return Duration.ZERO;
    }
    return delay.compareTo(Limits.MAX_REQUEUE_DELAY) > 0 ? Limits.MAX_REQUEUE_DELAY : delay;
  }

  /** The beginning of a text that is as long as the contract allows, without half a character. */
  private static String withinBounds(String text) {
    CharBuffer characters = CharBuffer.wrap(text);
    StandardCharsets.UTF_8
        .newEncoder()
        .encode(characters, ByteBuffer.allocate(Limits.MAX_REASON_BYTES), true);
    return text.substring(0, characters.position());
  }
}
