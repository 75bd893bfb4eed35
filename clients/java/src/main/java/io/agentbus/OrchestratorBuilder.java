package io.agentbus;

import io.agentbus.internal.Channels;
import io.agentbus.internal.calls.Calls;
import io.agentbus.internal.calls.OrchestratorClient;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/** What an orchestrator client is made of. Not thread-safe. */
public final class OrchestratorBuilder {
  private final String address;
  private String apiKey;
  private String agentId;
  private Path caFile;

  OrchestratorBuilder(String address) {
    this.address = Objects.requireNonNull(address);
  }

  /**
   * The key. Required.
   *
   * @param apiKey a key that may speak as the agent
   * @return this
   */
  public OrchestratorBuilder apiKey(String apiKey) {
    this.apiKey = Objects.requireNonNull(apiKey);
    return this;
  }

  /**
   * The agent to speak as. Required.
   *
   * @param agentId {@code framework://name}
   * @return this
   */
  public OrchestratorBuilder agentId(String agentId) {
    this.agentId = Objects.requireNonNull(agentId);
    return this;
  }

  /**
   * Trusts the certificates of a PEM file instead of those that the Java runtime trusts.
   *
   * @param pem read when the client is made
   * @return this
   */
  public OrchestratorBuilder caFile(Path pem) {
    caFile = Objects.requireNonNull(pem);
    return this;
  }

  /**
   * Makes the client. It connects with its first call.
   *
   * @return the client
   * @throws AgentbusException INVALID_ARGUMENT for an address that is none, or a CA file that
   *     cannot be read
   */
  public Orchestrator connect() {
    Objects.requireNonNull(apiKey, "an orchestrator needs apiKey(…)");
    Objects.requireNonNull(agentId, "an orchestrator needs agentId(…)");
    Channels channels = new Channels(address, apiKey, agentId, caFile);
    return new OrchestratorClient(
        agentId,
        new Calls(channels::open, address, () -> ThreadLocalRandom.current().nextDouble()));
  }
}
