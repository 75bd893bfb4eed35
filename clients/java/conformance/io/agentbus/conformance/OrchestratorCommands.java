package io.agentbus.conformance;

import io.agentbus.Answer;
import io.agentbus.AskOptions;
import io.agentbus.Delegator;
import io.agentbus.NewSession;
import io.agentbus.Orchestrator;
import io.agentbus.OrchestratorBuilder;
import io.agentbus.Session;
import io.agentbus.SessionEvent;
import io.agentbus.SessionInfo;
import io.agentbus.Step;
import io.agentbus.TaskInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What orchestrators are told. */
final class OrchestratorCommands {
  private final Lines lines;
  private final ConcurrentMap<String, CompletableFuture<Orchestrator>> orchestrators =
      new ConcurrentHashMap<>();

  OrchestratorCommands(Lines lines) {
    this.lines = lines;
  }

  Map<String, ?> run(String command, Facts with) throws Exception {
    CompletableFuture<Orchestrator> named =
        orchestrators.computeIfAbsent(with.text("orchestrator"), key -> new CompletableFuture<>());
    if (command.equals("orchestrator.connect")) {
      named.complete(connect(with));
      return Map.of();
    }
    Orchestrator orchestrator = named.get();
    return switch (command) {
      case "orchestrator.close" -> {
        orchestrator.close();
        yield Map.of();
      }
      case "orchestrator.create_session" ->
          session(orchestrator.createSession(newSession(with.object("session"))).get().get().get());
      case "orchestrator.delegate" -> {
        String taskId =
            delegator(orchestrator, with).delegate(Specs.task(with.object("task"))).get();
        yield Map.of("task_id", taskId);
      }
      case "orchestrator.ask" -> {
        AskOptions options =
            with.number("wait_ms")
                .map(ms -> AskOptions.waiting(Duration.ofMillis(ms)))
                .orElse(AskOptions.DEFAULT);
        yield answer(
            delegator(orchestrator, with).ask(Specs.task(with.object("task")), options).get());
      }
      case "orchestrator.task" ->
          task(delegator(orchestrator, with).task(with.text("task_id")).get());
      case "orchestrator.cancel_task" ->
          task(
              delegator(orchestrator, with)
                  .cancelTask(with.text("task_id"), with.optionalText("reason").orElse(""))
                  .get());
      default -> ofSession(command, orchestrator.openSession(with.text("session_id")), with);
    };
  }

  private Map<String, ?> ofSession(String command, Session session, Facts with) throws Exception {
    return switch (command) {
      case "orchestrator.session" -> session(session.get().get());
      case "orchestrator.update_shared_context" -> session(change(session, with).get());
      case "orchestrator.complete" ->
          session(
              session
                  .complete(with.text("summary"), with.texts("artifacts").toArray(String[]::new))
                  .get());
      case "orchestrator.terminate" ->
          session(
              session
                  .terminate(with.text("reason"), with.optionalText("details").orElse(""))
                  .get());
      case "orchestrator.watch" ->
          Map.of(
              "last_sequence",
              session.watch(with.number("after").orElse(0L), this::tell).ended().get());
      default -> throw new IllegalArgumentException("there is no command " + command);
    };
  }

  private static CompletableFuture<SessionInfo> change(Session session, Facts with) {
    Optional<Long> revision = with.number("expected_revision");
    if (with.has("merge")) {
      Map<String, Object> patch = with.object("merge").fields();
      return revision
          .map(expected -> session.mergeSharedContext(patch, expected))
          .orElseGet(() -> session.mergeSharedContext(patch));
    }
    Map<String, Object> context = with.object("replace").fields();
    return revision
        .map(expected -> session.replaceSharedContext(context, expected))
        .orElseGet(() -> session.replaceSharedContext(context));
  }

  private static Orchestrator connect(Facts with) {
    OrchestratorBuilder builder =
        Orchestrator.builder(with.text("address"))
            .apiKey(with.text("api_key"))
            .agentId(with.text("agent_id"));
    with.optionalText("ca_file").ifPresent(file -> builder.caFile(Path.of(file)));
    return builder.connect();
  }

  /** Tasks in a session, or outside of any. */
  private static Delegator delegator(Orchestrator orchestrator, Facts with) {
    return with.has("session_id")
        ? orchestrator.openSession(with.text("session_id"))
        : orchestrator;
  }

  private static NewSession newSession(Facts facts) {
    NewSession session = new NewSession();
    facts.optionalText("session_id").ifPresent(session::sessionId);
    for (Facts one : facts.objects("participants")) {
      session.participant(one.text("agent_id"), one.text("role"));
    }
    for (Facts one : facts.objects("steps")) {
      Step step = Step.named(one.text("name"));
      step.requires(one.texts("required_agents").toArray(String[]::new));
      if (one.has("depends_on")) {
        step.dependsOn(one.texts("depends_on").toArray(String[]::new));
      }
      session.step(step);
    }
    if (facts.has("shared_context")) {
      session.sharedContext(facts.object("shared_context").fields());
    }
    if (facts.has("labels")) {
      facts.object("labels").fields().forEach((key, value) -> session.label(key, (String) value));
    }
    return session;
  }

  private void tell(SessionEvent event) {
    lines.event(
        Map.of(
            "event",
            "session_event",
            "session_id",
            event.sessionId(),
            "sequence",
            event.sequence(),
            "type",
            event.type().name().toLowerCase(Locale.ROOT),
            "actor",
            event.actor()));
  }

  private static Map<String, ?> session(SessionInfo session) {
    return Map.of(
        "session_id",
        session.sessionId(),
        "state",
        session.state().name(),
        "last_sequence",
        session.lastSequence(),
        "shared_context",
        session.sharedContext(),
        "context_revision",
        session.contextRevision());
  }

  private static Map<String, ?> task(TaskInfo task) {
    Map<String, Object> facts = new LinkedHashMap<>(Specs.describe(task.result()));
    facts.put("task_id", task.taskId());
    facts.put("status", task.status().name());
    facts.put("assignee", task.assignee());
    facts.put("attempt", task.attempt());
    facts.put("progress", task.progress());
    task.error()
        .ifPresent(
            error ->
                facts.put("error", Map.of("reason", error.reason(), "message", error.message())));
    return facts;
  }

  private static Map<String, ?> answer(Answer answer) {
    Map<String, Object> facts = new LinkedHashMap<>(Specs.describe(answer.content()));
    facts.put("task_id", answer.taskId());
    facts.put("agent_id", answer.agentId());
    facts.put("failed", answer.failed());
    return facts;
  }
}
