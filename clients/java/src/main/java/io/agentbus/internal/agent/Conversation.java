package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.Receipt;
import io.agentbus.Sent;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Limits;
import io.agentbus.internal.ProgramExecutor;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Times;
import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.AgentStreamResponse;
import io.agentbus.v1.ClientDrain;
import io.agentbus.v1.ClientHeartbeat;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.Welcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** All that an agent and the bus have to say to each other, on one stream after the other. */
final class Conversation implements AgentStream.Listener {
  /** Whose conversation it is. */
  interface Owner {
    /** Names the agent, and the message if it has no name. Thread-safe. */
    Envelope stamp(Envelope envelope);

    /** Sends what a handler has to say. Thread-safe. */
    CompletableFuture<Sent> send(Envelope envelope);

    Backoff newBackoff();

    /** Whether the agent takes no more work. */
    boolean isLeaving();

    /** The bus wants the agent to connect again, after a while. */
    void reconnect(Duration delay);

    /** The bus refused a frame that was no message. */
    void refused(AgentbusException error);

    /** The bus has welcomed the agent. */
    void welcomed();

    /** The stream is over; null if both sides had finished. */
    void streamEnded(AgentbusException error);
  }

  private final Loop loop;
  private final SendBudget budget;
  private final Owner owner;
  private final PendingSends sends;
  private final Work work;
  private final Responses responses;
  private final OnceLane heartbeat;
  private final OnceLane farewell;
  private final List<Lane> lanes;
  private final Notifier<Receipt> receipts;
  private final int credit;
  private boolean isStopping;

  Conversation(AgentOptions options, Loop loop, SendBudget budget, Owner owner) {
    this.loop = loop;
    this.budget = budget;
    this.owner = owner;
    credit = options.hello().getMaxInFlight();
    Handlers handlers = options.handlers();
    receipts = handlers.onReceipt() == null ? null : new Notifier<>(handlers.onReceipt());
    HandlerRunner runner =
        new HandlerRunner(
            handlers, options.executor() != null ? options.executor() : ProgramExecutor.shared());
    sends = new PendingSends(loop, owner.newBackoff(), budget);
    responses = new Responses(loop, new ResponseSender(), owner::newBackoff);
    work = new Work(new HandlerStarter(runner), owner::send);
    heartbeat = new OnceLane(this::heartbeatFrame);
    farewell =
        new OnceLane(
            () ->
                AgentStreamRequest.newBuilder().setDrain(ClientDrain.getDefaultInstance()).build());
    lanes = List.of(heartbeat, work.lane(), farewell, sends);
  }

  /** Who writes on the stream, in order of precedence. */
  List<Lane> lanes() {
    return lanes;
  }

  PendingSends sends() {
    return sends;
  }

  /** Says that the agent is going to leave. */
  void sayFarewell() {
    farewell.ask();
  }

  /** Tells all handlers to stop. */
  void stop(AgentbusException why) {
    isStopping = true;
    work.stop(why);
  }

  /** Whether nothing is being worked on, sent or settled. */
  boolean isQuiet() {
    return work.running() == 0 && sends.isEmpty() && work.lane().isEmpty();
  }

  @Override
  public void welcomed(Welcome welcome) {
    work.leased(
        welcome.getLimits().hasLease()
            ? Times.toDuration(welcome.getLimits().getLease())
            : Limits.DEFAULT_LEASE);
    owner.welcomed();
  }

  @Override
  public void beat() {
    heartbeat.ask();
    work.lane().extend();
  }

  @Override
  public void received(AgentStreamResponse frame) {
    switch (frame.getFrameCase()) {
      case DELIVERY -> work.receive(frame.getDelivery().getDeliveriesList());
      case SEND_RESULT -> sends.settle(frame.getSendResult().getResultsList());
      case SETTLE_RESULT -> work.lane().confirm(frame.getSettleResult());
      case RECEIPT -> hear(frame.getReceipt());
      case DRAIN -> owner.reconnect(Times.toDuration(frame.getDrain().getReconnectAfter()));
      case ERROR -> owner.refused(Errors.of(frame.getError().getError()));
      // A sign of life; what a newer bus may say besides is nothing that this agent asked for.
      default -> {}
    }
  }

  @Override
  public void ended(AgentbusException error) {
    work.streamLost();
    owner.streamEnded(error);
  }

  private AgentStreamRequest heartbeatFrame() {
    double load = Math.min((double) work.running() / credit, 1);
    return AgentStreamRequest.newBuilder()
        .setHeartbeat(ClientHeartbeat.newBuilder().setLoad(load))
        .build();
  }

  private void hear(io.agentbus.v1.Receipt receipt) {
    if (receipts != null) {
      receipts.tell(
          new Receipt(
              receipt.getMessageId(),
              receipt.getRecipient(),
              Vocabulary.MESSAGE_STATES.toProgram(receipt.getState()),
              Times.toInstant(receipt.getTime()),
              receipt.getAttempt(),
              receipt.getReason()));
    }
  }

  /** Sends responses, which wait among all that the program sends. */
  private final class ResponseSender implements Responses.Sender {
    @Override
    public Envelope stamp(Envelope envelope) {
      return owner.stamp(envelope);
    }

    @Override
    public void send(PendingSend message) {
      try {
        budget.take(message.bytes().size());
      } catch (AgentbusException full) {
        message.listener().refused(full);
        return;
      }
      sends.add(message);
    }

    @Override
    public boolean isStopping() {
      return isStopping;
    }
  }

  /** Runs handlers, and answers their tasks. */
  private final class HandlerStarter implements Work.Starter {
    private final HandlerRunner runner;

    HandlerStarter(HandlerRunner runner) {
      this.runner = runner;
    }

    @Override
    public boolean isLeaving() {
      return owner.isLeaving();
    }

    @Override
    public void start(Run run) {
      runner.start(run, this::ended);
    }

    /** From any thread: encodes the response there, and goes on with it on the loop. */
    private void ended(Run run, Outcome outcome) {
      Runnable next;
      if (run.isWithdrawn()) {
        next = () -> work.ended(run, Disposition.ACKNOWLEDGE);
      } else if (outcome instanceof Outcome.Respond response) {
        IncomingTask task = (IncomingTask) run.message;
        Responses.Response encoded = responses.encode(task, response.content());
        next = () -> respond(run, task, encoded);
      } else {
        Disposition disposition = ((Outcome.Settle) outcome).disposition();
        next = () -> work.ended(run, disposition);
      }
      try {
        loop.execute(next);
      } catch (RejectedExecutionException left) {
        // The agent has left, and the bus has given the message to another.
        assert owner.isLeaving() || isStopping;
      }
    }

    private void respond(Run run, IncomingTask task, Responses.Response response) {
      if (run.isWithdrawn()) {
        work.ended(run, Disposition.ACKNOWLEDGE);
      } else {
        responses.respond(task, response, disposition -> work.ended(run, disposition));
      }
    }
  }
}
