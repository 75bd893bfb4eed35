package io.agentbus.conformance;

import io.agentbus.Agent;
import io.agentbus.AgentBuilder;
import io.agentbus.AgentStatus;
import io.agentbus.Sent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What agents are told. */
final class AgentCommands {
  private final Lines lines;
  private final Holds holds;
  private final ConcurrentMap<String, CompletableFuture<Agent>> agents = new ConcurrentHashMap<>();

  AgentCommands(Lines lines, Holds holds) {
    this.lines = lines;
    this.holds = holds;
  }

  Map<String, ?> run(String command, Facts with) throws Exception {
    String name = with.text("agent");
    if (command.equals("agent.connect")) {
      Agent agent = connect(name, with);
      named(name).complete(agent);
      return Map.of();
    }
    Agent agent = named(name).get();
    Optional<Duration> grace = with.number("grace_ms").map(Duration::ofMillis);
    switch (command) {
      case "agent.ready" -> agent.ready().get();
      case "agent.closed" -> agent.closed().get();
      case "agent.drain" -> grace.map(agent::drain).orElseGet(agent::drain).get();
      case "agent.close" -> grace.map(agent::close).orElseGet(() -> closeSoon(agent)).get();
      case "agent.send" -> {
        return sent(agent.send(Specs.message(with.object("message"))).get());
      }
      default -> throw new IllegalArgumentException("there is no command " + command);
    }
    return Map.of();
  }

  private CompletableFuture<Agent> named(String name) {
    return agents.computeIfAbsent(name, key -> new CompletableFuture<>());
  }

  private static CompletableFuture<Void> closeSoon(Agent agent) {
    agent.close();
    return CompletableFuture.completedFuture(null);
  }

  private Agent connect(String name, Facts with) {
    AgentBuilder builder =
        Agent.builder(with.text("address"))
            .apiKey(with.text("api_key"))
            .agentId(with.text("agent_id"))
            .capabilities(with.texts("capabilities"))
            .onStatus(status -> tell(name, status));
    with.optionalText("instance_id").ifPresent(builder::instanceId);
    with.number("max_in_flight").ifPresent(credit -> builder.maxInFlight(credit.intValue()));
    with.number("lease_ms").ifPresent(ms -> builder.lease(Duration.ofMillis(ms)));
    with.number("connect_timeout_ms")
        .ifPresent(ms -> builder.connectTimeout(Duration.ofMillis(ms)));
    with.optionalText("ca_file").ifPresent(file -> builder.caFile(Path.of(file)));
    with.number("protocol_version").ifPresent(v -> builder.protocolVersion(v.intValue()));
    if (with.flag("handlers", true)) {
      Script script = new Script(name, lines, holds);
      builder.onTask(script::task).onMessage(script::message);
    }
    return builder.connect();
  }

  private void tell(String agent, AgentStatus status) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("event", "status");
    event.put("agent", agent);
    event.put("state", status.state().name().toLowerCase(Locale.ROOT));
    status.error().ifPresent(error -> event.put("error", Lines.describe(error)));
    lines.event(event);
  }

  private static Map<String, ?> sent(Sent sent) {
    return Map.of(
        "message_id",
        sent.messageId(),
        "duplicate",
        sent.duplicate(),
        "recipients",
        sent.recipients());
  }
}
