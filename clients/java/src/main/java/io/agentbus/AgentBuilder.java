package io.agentbus;

import io.agentbus.internal.Channels;
import io.agentbus.internal.Limits;
import io.agentbus.internal.agent.AgentClient;
import io.agentbus.internal.agent.AgentOptions;
import io.agentbus.internal.agent.Handlers;
import io.agentbus.internal.wire.Ids;
import io.agentbus.internal.wire.Times;
import io.agentbus.v1.AgentDescriptor;
import io.agentbus.v1.Hello;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** What an agent is made of. Every method changes the builder and returns it. Not thread-safe. */
public final class AgentBuilder {
  private final String address;
  private final AgentDescriptor.Builder descriptor = AgentDescriptor.newBuilder();
  private final Hello.Builder hello =
      Hello.newBuilder()
          .setMaxInFlight(Limits.DEFAULT_CREDIT)
          .setProtocolVersion(1)
          // An acknowledgement that is not known to be on disk is repeated when its message comes
          // again.
          .setConfirmSettlements(true);
  private String apiKey;
  private Path caFile;
  private Duration connectTimeout = Limits.CONNECT_TIMEOUT;
  private Executor executor;
  private AsyncTaskHandler onTask;
  private AsyncMessageHandler onMessage;
  private Consumer<Receipt> onReceipt;
  private Consumer<AgentStatus> onStatus;

  AgentBuilder(String address) {
    this.address = Objects.requireNonNull(address);
  }

  /**
   * The key. Required.
   *
   * @param apiKey a key that may speak as the agent
   * @return this
   */
  public AgentBuilder apiKey(String apiKey) {
    this.apiKey = Objects.requireNonNull(apiKey);
    return this;
  }

  /**
   * Who the agent is. Required.
   *
   * @param agentId {@code framework://name}; at most 255 bytes
   * @return this
   */
  public AgentBuilder agentId(String agentId) {
    descriptor.setAgentId(agentId);
    return this;
  }

  /**
   * Name of this process among those of the agent. A second process under the same name takes the
   * place of the first.
   *
   * @param instanceId 1 to 128 visible ASCII characters; default: a random one, so that processes
   *     share the mailbox
   * @return this
   */
  public AgentBuilder instanceId(String instanceId) {
    hello.setInstanceId(instanceId);
    return this;
  }

  /**
   * What the agent can do, in words that senders address it by.
   *
   * @param capabilities at most 64, each once, of 1 to 128 bytes; default: none
   * @return this
   */
  public AgentBuilder capabilities(Collection<String> capabilities) {
    descriptor.clearCapabilities().addAllCapabilities(capabilities);
    return this;
  }

  /**
   * Name for people.
   *
   * @param displayName at most 128 bytes; default: none
   * @return this
   */
  public AgentBuilder displayName(String displayName) {
    descriptor.setDisplayName(displayName);
    return this;
  }

  /**
   * Version of the agent's own software.
   *
   * @param version at most 64 bytes; default: none
   * @return this
   */
  public AgentBuilder version(String version) {
    descriptor.setVersion(version);
    return this;
  }

  /**
   * Anything else that is worth knowing about the agent: host, model, region.
   *
   * @param key 1 to 64 bytes; at most 32 of them
   * @param value at most 1,024 bytes
   * @return this
   */
  public AgentBuilder metadata(String key, String value) {
    descriptor.putMetadata(key, value);
    return this;
  }

  /**
   * Messages that are worked on at a time. They run side by side; with 1 each is finished before
   * the next begins.
   *
   * @param maxInFlight 1 to 10,000; default 16
   * @return this
   */
  public AgentBuilder maxInFlight(int maxInFlight) {
    if (maxInFlight < 1 || maxInFlight > Limits.MAX_CREDIT) {
      throw new IllegalArgumentException("maxInFlight is 1 to " + Limits.MAX_CREDIT);
    }
    hello.setMaxInFlight(maxInFlight);
    return this;
  }

  /**
   * Time after which the bus gives a message to another instance if nothing is heard of it. Running
   * handlers extend it by themselves.
   *
   * @param lease 1 s to 1 hour; default 30 s
   * @return this
   */
  public AgentBuilder lease(Duration lease) {
    if (lease.compareTo(Limits.MIN_LEASE) < 0 || lease.compareTo(Limits.MAX_LEASE) > 0) {
      throw new IllegalArgumentException("a lease is 1 s to 1 hour");
    }
    hello.setLease(Times.toProto(lease));
    return this;
  }

  /**
   * How long the agent tries until it is welcomed for the first time. Afterwards it tries for as
   * long as it takes.
   *
   * @param timeout zero for forever, as with sockets; default 30 s
   * @return this
   */
  public AgentBuilder connectTimeout(Duration timeout) {
    connectTimeout = Objects.requireNonNull(timeout);
    return this;
  }

  /**
   * Trusts the certificates of a PEM file instead of those that the Java runtime trusts.
   *
   * @param pem read when the agent connects
   * @return this
   */
  public AgentBuilder caFile(Path pem) {
    caFile = Objects.requireNonNull(pem);
    return this;
  }

  /**
   * What handlers run on. Must take a task at once, and run at least {@link #maxInFlight} of them
   * side by side.
   *
   * @param executor default: virtual threads where the Java runtime has them, otherwise an elastic
   *     pool of threads
   * @return this
   */
  public AgentBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor);
    return this;
  }

  /**
   * What does tasks. Without one they are given up.
   *
   * @param handler may block
   * @return this
   */
  public AgentBuilder onTask(TaskHandler handler) {
    Objects.requireNonNull(handler);
    return onTaskAsync(task -> CompletableFuture.completedFuture(handler.handle(task)));
  }

  /**
   * What does tasks. Without one they are given up.
   *
   * @param handler need not block
   * @return this
   */
  public AgentBuilder onTaskAsync(AsyncTaskHandler handler) {
    onTask = Objects.requireNonNull(handler);
    return this;
  }

  /**
   * What takes all other messages. Without one they are given up.
   *
   * @param handler may block
   * @return this
   */
  public AgentBuilder onMessage(MessageHandler handler) {
    Objects.requireNonNull(handler);
    return onMessageAsync(
        message -> {
          handler.handle(message);
          return CompletableFuture.completedFuture(null);
        });
  }

  /**
   * What takes all other messages. Without one they are given up.
   *
   * @param handler need not block
   * @return this
   */
  public AgentBuilder onMessageAsync(AsyncMessageHandler handler) {
    onMessage = Objects.requireNonNull(handler);
    return this;
  }

  /**
   * What hears of messages that this process sent with {@link OutgoingMessage#receipts}, one after
   * the other, while a stream is open.
   *
   * @param listener should not block for long: beyond 10,000 receipts that wait for it, others are
   *     left out
   * @return this
   */
  public AgentBuilder onReceipt(Consumer<Receipt> listener) {
    onReceipt = Objects.requireNonNull(listener);
    return this;
  }

  /**
   * What hears of each change of the connection, one after the other.
   *
   * @param listener should not block for long
   * @return this
   */
  public AgentBuilder onStatus(Consumer<AgentStatus> listener) {
    onStatus = Objects.requireNonNull(listener);
    return this;
  }

  /**
   * Version of the contract that the agent says it speaks. The bus refuses one that is too new;
   * there is no other reason to set it.
   *
   * @param version default 1
   * @return this
   */
  public AgentBuilder protocolVersion(int version) {
    hello.setProtocolVersion(version);
    return this;
  }

  /**
   * Begins to connect. Returns at once: wait for {@link Agent#ready}, or simply for {@link
   * Agent#closed}.
   *
   * @return the agent
   * @throws AgentbusException INVALID_ARGUMENT for an address that is none, or a CA file that
   *     cannot be read
   */
  public Agent connect() {
    Objects.requireNonNull(apiKey, "an agent needs apiKey(…)");
    if (descriptor.getAgentId().isEmpty()) {
      throw new NullPointerException("an agent needs agentId(…)");
    }
    if (hello.getInstanceId().isEmpty()) {
      hello.setInstanceId(Ids.mint("i"));
    }
    Channels channels = new Channels(address, apiKey, descriptor.getAgentId(), caFile);
    AgentClient agent =
        new AgentClient(
            new AgentOptions(
                channels::open,
                address,
                hello.setAgent(descriptor).build(),
                connectTimeout,
                new Handlers(onTask, onMessage, onReceipt),
                onStatus,
                executor,
                () -> ThreadLocalRandom.current().nextDouble()));
    agent.start();
    return agent;
  }
}
