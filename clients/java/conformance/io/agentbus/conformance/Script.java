package io.agentbus.conformance;

import io.agentbus.AgentbusException;
import io.agentbus.Content;
import io.agentbus.Message;
import io.agentbus.RejectException;
import io.agentbus.RetryLaterException;
import io.agentbus.Task;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The handlers of an agent, which do what the script in a message says. */
final class Script {
  private final String agent;
  private final Lines lines;
  private final Holds holds;

  Script(String agent, Lines lines, Holds holds) {
    this.agent = agent;
    this.lines = lines;
    this.holds = holds;
  }

  Object task(Task task) throws Exception {
    return handle(task);
  }

  void message(Message message) throws Exception {
    handle(message);
  }

  private Object handle(Message message) throws Exception {
    tell(
        "handling",
        message,
        Map.of(
            "type",
            message.type().name(),
            "sender",
            message.sender(),
            "session_id",
            message.sessionId(),
            "attempt",
            message.attempt(),
            "redelivered",
            message.redelivered()));
    CompletableFuture<Void> told =
        message.cancelled().thenAccept(reason -> tellCancelled(message, reason));
    try {
      Object result = play(message);
      end(message, told, "returned");
      return result;
    } catch (Exception thrown) {
      end(message, told, "thrown");
      throw thrown;
    }
  }

  private void end(Message message, CompletableFuture<Void> told, String outcome) {
    boolean isCancelled = message.isCancelled();
    if (isCancelled) {
      // First that it was told to stop, then that it did.
      told.join();
    }
    tell("handled", message, Map.of("outcome", isCancelled ? "cancelled" : outcome));
  }

  private void tellCancelled(Message message, AgentbusException reason) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("reason", reason.reason().orElse(null));
    facts.put("cause", reason.facts().getOrDefault("cause", ""));
    tell("cancelled", message, facts);
  }

  private void tell(String event, Message message, Map<String, ?> facts) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.put("agent", agent);
    line.put("message_id", message.messageId());
    line.putAll(facts);
    lines.event(line);
  }

  private Object play(Message message) throws Exception {
    if (message.content().isData()) {
      return message.content();
    }
    List<Facts> actions = Facts.of(message.payload()).objects("script");
    for (Facts action : actions) {
      if (action.has("return")) {
        return action.object("return").fields();
      }
      if (action.has("return_data")) {
        Facts data = action.object("return_data");
        return Content.data(
            Base64.getDecoder().decode(data.text("base64")), data.text("content_type"));
      }
      if (action.has("echo")) {
        // The value may be null.
        return Collections.singletonMap("value", message.payload().get("value"));
      }
      perform(action, message);
    }
    return null;
  }

  private void perform(Facts action, Message message) throws Exception {
    if (action.has("progress")) {
      int percent = action.number("progress").orElseThrow().intValue();
      ((Task) message).progress(percent, action.text("note")).get();
    } else if (action.has("hold")) {
      holds.await(action.text("hold"));
    } else if (action.has("block")) {
      holds.awaitDeaf(action.text("block"));
    } else if (action.has("send")) {
      message.send(Specs.message(action.object("send"))).get();
    } else if (action.has("delegate")) {
      ((Task) message).delegate(Specs.task(action.object("delegate"))).get();
    } else if (action.has("throw")) {
      throw new IllegalStateException(action.text("throw"));
    } else if (action.has("retry_later_ms")) {
      throw new RetryLaterException(
          Duration.ofMillis(action.number("retry_later_ms").orElseThrow()),
          action.optionalText("reason").orElse("later"));
    } else if (action.has("reject")) {
      throw new RejectException(action.text("reject"));
    } else {
      throw new IllegalArgumentException("there is no action " + action.fields().keySet());
    }
  }
}
