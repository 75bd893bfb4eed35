package io.agentbus.internal.agent;

import com.google.protobuf.UnknownFieldSet;
import io.agentbus.AgentbusException;
import io.agentbus.Sent;
import io.agentbus.StatusCode;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Limits;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Times;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.SendFrame;
import io.agentbus.v1.SendResult;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps every message until it is answered, and says all of them again, with the same bytes and in
 * the same order, on each new stream: what was on disk already comes back as a duplicate.
 */
final class PendingSends implements Lane {
  private final Loop loop;
  private final Backoff backoff;
  private final SendBudget budget;
  private final Map<String, PendingSend> pending = new LinkedHashMap<>();
  private final ArrayDeque<PendingSend> queue = new ArrayDeque<>();

  /** Messages that the bus could not take just then. */
  private final Set<PendingSend> postponed = new LinkedHashSet<>();

  private Loop.Timer repeat;

  PendingSends(Loop loop, Backoff backoff, SendBudget budget) {
    this.loop = loop;
    this.backoff = backoff;
    this.budget = budget;
  }

  /** Takes a message for which there is room in the budget. */
  void add(PendingSend send) {
    if (pending.putIfAbsent(send.messageId(), send) != null) {
      budget.giveBack(send.bytes().size());
      send.listener()
          .refused(
              new AgentbusException(
                  StatusCode.ALREADY_EXISTS,
                  "message " + send.messageId() + " is being sent already"));
      return;
    }
    queue.add(send);
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Takes answers of the bus. */
  void settle(List<SendResult> results) {
    for (SendResult result : results) {
      PendingSend send = pending.get(result.getMessageId());
      if (send != null) {
        settleOne(send, result);
      }
    }
  }

  private void settleOne(PendingSend send, SendResult result) {
    switch (result.getOutcomeCase()) {
      case ACCEPTED -> {
        var accepted = result.getAccepted();
        Instant time = Times.toInstant(accepted.getAcceptedTime());
        accepted(send, new Sent(send.messageId(), false, time, accepted.getRecipientsList()));
      }
      case DUPLICATE -> {
        var duplicate = result.getDuplicate();
        Instant time = Times.toInstant(duplicate.getAcceptedTime());
        accepted(send, new Sent(send.messageId(), true, time, duplicate.getRecipientsList()));
      }
      case ERROR -> {
        AgentbusException error = Errors.of(result.getError());
        if (error.code() == StatusCode.UNAVAILABLE) {
          repeatLater(send);
        } else {
          refused(send, error);
        }
      }
      case OUTCOME_NOT_SET -> refused(send, Errors.missing("outcome"));
    }
  }

  private void accepted(PendingSend send, Sent sent) {
    backoff.reset();
    forget(send);
    send.listener().accepted(sent);
  }

  private void refused(PendingSend send, AgentbusException error) {
    forget(send);
    send.listener().refused(error);
  }

  private void forget(PendingSend send) {
    pending.remove(send.messageId());
    budget.giveBack(send.bytes().size());
  }

  private void repeatLater(PendingSend send) {
    postponed.add(send);
    if (repeat == null) {
      repeat =
          loop.schedule(
              backoff.next(),
              () -> {
                repeat = null;
                queue.addAll(postponed);
                postponed.clear();
              });
    }
  }

  /** The agent has left for good: nobody will answer. */
  void fail(AgentbusException error) {
    for (PendingSend send : new ArrayList<>(pending.values())) {
      refused(send, error);
    }
    online();
  }

  @Override
  public void online() {
    if (repeat != null) {
      repeat.cancel();
      repeat = null;
    }
    postponed.clear();
    queue.clear();
    queue.addAll(pending.values());
  }

  @Override
  public void offline() {}

  @Override
  public AgentStreamRequest next() {
    if (queue.isEmpty()) {
      return null;
    }
    // The codec writes fields that it does not know as they are, so that nothing is encoded twice.
    UnknownFieldSet.Field.Builder messages = UnknownFieldSet.Field.newBuilder();
    int bytes = 0;
    for (int count = 0; count < Limits.MAX_FRAME_MESSAGES && !queue.isEmpty(); count++) {
      bytes += queue.peek().bytes().size();
      if (count > 0 && bytes > Limits.MAX_FRAME_BYTES) {
        break;
      }
      messages.addLengthDelimited(queue.poll().bytes());
    }
    UnknownFieldSet fields =
        UnknownFieldSet.newBuilder()
            .addField(SendFrame.MESSAGES_FIELD_NUMBER, messages.build())
            .build();
    return AgentStreamRequest.newBuilder()
        .setSend(SendFrame.newBuilder().setUnknownFields(fields))
        .build();
  }
}
