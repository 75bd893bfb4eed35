package io.agentbus.internal.agent;

import com.google.protobuf.ByteString;
import io.agentbus.Agent;
import io.agentbus.AgentStatus;
import io.agentbus.AgentbusException;
import io.agentbus.OutgoingMessage;
import io.agentbus.Sent;
import io.agentbus.internal.Backoff;
import io.agentbus.internal.Limits;
import io.agentbus.internal.wire.Envelopes;
import io.agentbus.internal.wire.Errors;
import io.agentbus.internal.wire.Ids;
import io.agentbus.v1.AgentStreamRequest;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.Hello;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** An agent: the parts of it, put together. */
public final class AgentClient implements Agent {
  private static final Logger LOG = System.getLogger("io.agentbus");

  private final AgentOptions options;
  private final Loop loop;
  private final Lifecycle lifecycle;
  private final SendBudget budget = new SendBudget();
  private final Conversation conversation;
  private final Connector connector;

  // Unique by its random part, and cheaper than a random part for each message.
  private final String messagePrefix = Ids.mint("msg");
  private final AtomicLong messageCount = new AtomicLong();

  /** Makes an agent, which does nothing before it is started. */
  public AgentClient(AgentOptions options) {
    this.options = options;
    lifecycle = new Lifecycle(options.onStatus());
    loop = new Loop("agentbus " + agentId(), this::turn, this::failed, this::ended);
    conversation = new Conversation(options, loop, budget, new Voice());
    connector = new Connector(loop, newBackoff(), lifecycle, options.address(), new StreamOwner());
  }

  /** Begins to connect. */
  public void start() {
    loop.execute(() -> connector.start(options.connectTimeout()));
    loop.start();
  }

  @Override
  public String agentId() {
    return options.hello().getAgent().getAgentId();
  }

  @Override
  public String instanceId() {
    return options.hello().getInstanceId();
  }

  @Override
  public AgentStatus status() {
    return lifecycle.status();
  }

  @Override
  public CompletableFuture<Void> ready() {
    return lifecycle.ready();
  }

  @Override
  public CompletableFuture<Void> closed() {
    return lifecycle.closed();
  }

  @Override
  public CompletableFuture<Sent> send(OutgoingMessage message) {
    return send(message.toEnvelope());
  }

  private CompletableFuture<Sent> send(Envelope message) {
    AgentbusException over = lifecycle.over();
    if (over != null) {
      return CompletableFuture.failedFuture(over);
    }
    try {
      Envelope stamped = stamp(message);
      ByteString bytes = Envelopes.encode(stamped);
      budget.take(bytes.size());
      FutureSend future = new FutureSend();
      give(new PendingSend(stamped.getMessageId(), bytes, future));
      return future.future();
    } catch (AgentbusException refused) {
      return CompletableFuture.failedFuture(refused);
    }
  }

  private void give(PendingSend send) {
    try {
      loop.execute(
          () -> {
            AgentbusException over = lifecycle.over();
            if (over == null) {
              conversation.sends().add(send);
            } else {
              budget.giveBack(send.bytes().size());
              send.listener().refused(over);
            }
          });
    } catch (RejectedExecutionException left) {
      budget.giveBack(send.bytes().size());
      throw lifecycle.over();
    }
  }

  private Envelope stamp(Envelope message) {
    String newId = messagePrefix + "-" + messageCount.incrementAndGet();
    return Envelopes.stamp(message, agentId(), newId, Instant.now());
  }

  @Override
  public CompletableFuture<Void> drain() {
    return leave(null);
  }

  @Override
  public CompletableFuture<Void> drain(Duration grace) {
    return leave(grace);
  }

  @Override
  public void close() {
    close(Limits.CLOSE_GRACE).join();
  }

  @Override
  public CompletableFuture<Void> close(Duration grace) {
    unlessLeft(() -> conversation.stop(Errors.hasLeft("the agent")));
    return leave(grace).exceptionally(error -> null);
  }

  private CompletableFuture<Void> leave(Duration grace) {
    unlessLeft(
        () -> {
          conversation.sayFarewell();
          connector.leave(grace);
        });
    return closed();
  }

  private void unlessLeft(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException left) {
      // There is nothing left to leave: `closed` says how it ended.
      assert lifecycle.over() != null;
    }
  }

  private void turn() {
    connector.turn();
  }

  /** Something went wrong that cannot: whoever waits for the agent hears of it. */
  private void failed(Throwable fault) {
    connector.fail(Errors.fault(fault));
  }

  /** On the loop's thread, after its end. */
  private void ended() {
    lifecycle.awaitToldOfEnd();
    AgentbusException unobserved = lifecycle.unobserved();
    if (unobserved != null) {
      LOG.log(Level.ERROR, "agent " + agentId() + " has left the bus for good", unobserved);
    }
  }

  private Backoff newBackoff() {
    return new Backoff(options.random());
  }

  /** What the conversation asks of the agent. */
  private final class Voice implements Conversation.Owner {
    @Override
    public Envelope stamp(Envelope envelope) {
      return AgentClient.this.stamp(envelope);
    }

    @Override
    public CompletableFuture<Sent> send(Envelope envelope) {
      return AgentClient.this.send(envelope);
    }

    @Override
    public Backoff newBackoff() {
      return AgentClient.this.newBackoff();
    }

    @Override
    public boolean isLeaving() {
      return connector.isLeaving();
    }

    @Override
    public void reconnect(Duration delay) {
      connector.reconnect(delay);
    }

    @Override
    public void refused(AgentbusException error) {
      if (lifecycle.status().state() == AgentStatus.State.ONLINE) {
        lifecycle.set(AgentStatus.State.ONLINE, error, Duration.ZERO);
      }
    }

    @Override
    public void welcomed() {
      connector.welcomed();
      if (!connector.isLeaving()) {
        lifecycle.set(AgentStatus.State.ONLINE);
      }
      lifecycle.welcomed();
    }

    @Override
    public void streamEnded(AgentbusException error) {
      connector.streamEnded(error);
    }
  }

  /** What the connector asks of the agent. */
  private final class StreamOwner implements Connector.Owner {
    @Override
    public AgentStream openStream() {
      // Who has no handlers, or is leaving, could only give its mail back.
      boolean sendOnly = connector.isLeaving() || !options.handlers().takeMail();
      Hello hello = options.hello().toBuilder().setSendOnly(sendOnly).build();
      AgentStream stream =
          new AgentStream(loop, options.channels().get(), conversation.lanes(), conversation);
      stream.open(AgentStreamRequest.newBuilder().setHello(hello).build());
      return stream;
    }

    @Override
    public boolean isQuiet() {
      return conversation.isQuiet() && budget.isEmpty();
    }

    @Override
    public void finish(AgentbusException error) {
      AgentbusException over = lifecycle.finish(error);
      conversation.stop(over);
      conversation.sends().fail(over);
      loop.stop();
    }
  }
}
