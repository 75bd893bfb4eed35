package io.agentbus.conformance;

import java.util.Map;

/** Does commands. */
final class Commands {
  private final Lines lines;
  private final Holds holds = new Holds();
  private final AgentCommands agents;
  private final OrchestratorCommands orchestrators;

  Commands(Lines lines) {
    this.lines = lines;
    agents = new AgentCommands(lines, holds);
    orchestrators = new OrchestratorCommands(lines);
  }

  void run(Facts command) {
    Object id = command.get("id");
    try {
      lines.result(id, resultOf(command.text("command"), command.object("with")));
    } catch (Exception thrown) {
      lines.error(id, thrown);
    }
  }

  private Map<String, ?> resultOf(String command, Facts with) throws Exception {
    if (command.equals("release")) {
      holds.release(with.text("hold"));
      return Map.of();
    }
    if (command.equals("bench")) {
      return Bench.run(with);
    }
    return command.startsWith("agent.")
        ? agents.run(command, with)
        : orchestrators.run(command, with);
  }
}
