package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.internal.Limits;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Messages in the hands of the agent, across streams: one handler a message, however often it is
 * delivered meanwhile. The end of the handler settles the newest delivery. A message that was
 * acknowledged is remembered until the bus has confirmed its acknowledgement. The loop's.
 */
final class Work implements Settlements.Holder {
  /** Whoever runs handlers. */
  interface Starter {
    /** Starts a handler; {@link Work#ended} is called when nothing more is to come of it. */
    void start(Run run);

    /** Whether the agent takes no more work: new deliveries go back. */
    boolean isLeaving();
  }

  private final Starter starter;
  private final IncomingMessage.Sender sender;
  private final Settlements settlements = new Settlements(this);

  /** All handlers, those of withdrawn tasks included, which may take their time to stop. */
  private final Set<Run> runs = new HashSet<>();

  /** Those whose outcome counts, by their message. */
  private final Map<String, Run> current = new HashMap<>();

  /** Those that hold a delivery, by its id. */
  private final Map<String, Run> holders = new HashMap<>();

  /** Handled messages by their keys, oldest first. */
  private final Map<String, Run> handled = new LinkedHashMap<>();

  private Duration lease = Duration.ZERO;
  private AgentbusException stopping;

  Work(Starter starter, IncomingMessage.Sender sender) {
    this.starter = starter;
    this.sender = sender;
  }

  /** Says what was settled, and what needs more time. */
  Settlements lane() {
    return settlements;
  }

  /** Handlers that are running. */
  int running() {
    return runs.size();
  }

  /** The bus has welcomed the agent, and leases deliveries for this long. */
  void leased(Duration duration) {
    lease = duration;
  }

  /** Tells all handlers to stop, and those that are still to come. */
  void stop(AgentbusException why) {
    stopping = why;
    runs.forEach(run -> run.message.cancellation.cancel(why));
  }

  /** The stream is gone and its deliveries with it: the next delivery of a message is settled. */
  void streamLost() {
    new ArrayList<>(holders.values()).forEach(this::letGo);
  }

  /** Takes deliveries; starts a handler for each message that is not in hand already. */
  void receive(List<Delivery> deliveries) {
    for (Delivery delivery : deliveries) {
      Withdrawal withdrawal = Withdrawal.read(delivery);
      String key = Run.keyOf(delivery.getMessage());
      Run before = handled.get(key);
      if (withdrawal != null) {
        obey(withdrawal, delivery.getDeliveryId());
      } else if (before != null && before.isOfSameMail(delivery)) {
        acknowledge(before, delivery.getDeliveryId());
      } else {
        takeUp(key, delivery);
      }
    }
  }

  /** The bus's own news are for the agent itself, whatever handlers it has. */
  private void obey(Withdrawal withdrawal, String deliveryId) {
    for (Run run : new ArrayList<>(current.values())) {
      if (run.isMeant(withdrawal)) {
        takeAway(run, withdrawal.error());
      }
    }
    settlements.settle(deliveryId, Disposition.ACKNOWLEDGE);
  }

  private void takeUp(String key, Delivery delivery) {
    Run inHand = current.get(key);
    if (inHand != null && !inHand.isFollowedBy(delivery)) {
      hold(inHand, delivery.getDeliveryId());
      return;
    }
    if (inHand != null) {
      takeAway(inHand, Withdrawal.takenAway(inHand.message.messageId()));
    }
    if (starter.isLeaving()) {
      settlements.settle(
          delivery.getDeliveryId(), new Disposition.Requeue(Duration.ZERO, "the agent is leaving"));
      return;
    }
    Run run = new Run(key, messageOf(delivery));
    hold(run, delivery.getDeliveryId());
    runs.add(run);
    current.put(key, run);
    if (stopping != null) {
      run.message.cancellation.cancel(stopping);
    }
    starter.start(run);
  }

  private IncomingMessage messageOf(Delivery delivery) {
    return delivery.getMessage().getMessageType() == MessageType.MESSAGE_TYPE_TASK_REQUEST
        ? new IncomingTask(delivery, new Cancellation(), sender)
        : new IncomingMessage(delivery, new Cancellation(), sender);
  }

  /** A handler's outcome is known, and its response, if there is one, on disk. */
  void ended(Run run, Disposition disposition) {
    runs.remove(run);
    current.remove(run.key, run);
    String deliveryId = run.deliveryId;
    letGo(run);
    if (run.isWithdrawn()) {
      return;
    }
    if (disposition instanceof Disposition.Acknowledge) {
      remember(run);
      acknowledge(run, deliveryId);
    } else if (deliveryId != null) {
      settlements.settle(deliveryId, disposition);
    }
  }

  private void acknowledge(Run run, String deliveryId) {
    if (deliveryId != null) {
      settlements.settle(deliveryId, Disposition.ACKNOWLEDGE, () -> handled.remove(run.key, run));
    }
  }

  private void remember(Run run) {
    handled.put(run.key, run);
    if (handled.size() > Limits.MAX_REMEMBERED_MESSAGES) {
      Iterator<Run> oldest = handled.values().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  private void takeAway(Run run, AgentbusException why) {
    letGo(run);
    current.remove(run.key, run);
    run.message.cancellation.withdraw(why);
  }

  private void hold(Run run, String deliveryId) {
    letGo(run);
    run.deliveryId = deliveryId;
    run.leasedAtNanos = System.nanoTime();
    holders.put(deliveryId, run);
  }

  private void letGo(Run run) {
    if (run.deliveryId != null) {
      holders.remove(run.deliveryId);
      run.deliveryId = null;
    }
  }

  @Override
  public Set<String> held() {
    long now = System.nanoTime();
    holders.values().forEach(run -> run.extendedAtNanos = now);
    return holders.keySet();
  }

  @Override
  public void kept(String deliveryId) {
    Run run = holders.get(deliveryId);
    if (run != null) {
      // Counted from when it was asked for: the answer may have waited for a process that was busy.
      run.leasedAtNanos = run.extendedAtNanos;
    }
  }

  @Override
  public void lost(String deliveryId) {
    Run run = holders.get(deliveryId);
    if (run == null) {
      return;
    }
    letGo(run);
    // A lease that cannot have run out was ended by the bus: it took the task away, and the news
    // went to another process of this agent, or to none. After one that may have run out the work
    // goes on: the first answer counts.
    if (run.isTask() && System.nanoTime() - run.leasedAtNanos < lease.toNanos()) {
      takeAway(run, Withdrawal.takenAway(run.message.messageId()));
    }
  }
}
