package io.agentbus.conformance;

import io.agentbus.Content;
import io.agentbus.MessageSpec;
import io.agentbus.MessageType;
import io.agentbus.NewTask;
import io.agentbus.OutgoingMessage;
import io.agentbus.Priority;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** Messages and tasks as commands write them. */
final class Specs {
  private Specs() {}

  static OutgoingMessage message(Facts facts) {
    Facts to = facts.object("to");
    OutgoingMessage message;
    if (to.has("agent_id")) {
      message = OutgoingMessage.to(to.text("agent_id"));
    } else if (to.has("role")) {
      message = OutgoingMessage.toRole(to.text("role"));
    } else if (to.has("capability")) {
      message = OutgoingMessage.toCapability(to.text("capability"));
    } else {
      message = OutgoingMessage.toAllParticipants();
    }
    facts.optionalText("type").ifPresent(type -> message.type(MessageType.valueOf(type)));
    facts.optionalText("message_id").ifPresent(message::messageId);
    facts.optionalText("session_id").ifPresent(message::sessionId);
    facts.optionalText("correlation_id").ifPresent(message::correlationId);
    return common(message, facts);
  }

  static NewTask task(Facts facts) {
    Facts to = facts.object("to");
    NewTask task;
    if (to.has("agent_id")) {
      task = NewTask.to(to.text("agent_id"));
    } else if (to.has("role")) {
      task = NewTask.toRole(to.text("role"));
    } else if (to.has("capability")) {
      task = NewTask.toCapability(to.text("capability"));
    } else {
      task = NewTask.toAllParticipants();
    }
    facts.optionalText("task_id").ifPresent(task::taskId);
    return common(task, facts);
  }

  private static <S extends MessageSpec<S>> S common(S spec, Facts facts) {
    if (facts.has("payload")) {
      spec.payload(facts.object("payload").fields());
    }
    if (facts.has("data_base64")) {
      spec.data(Base64.getDecoder().decode(facts.text("data_base64")), facts.text("content_type"));
    }
    facts.optionalText("priority").ifPresent(word -> spec.priority(Priority.valueOf(word)));
    facts.number("timeout_ms").ifPresent(ms -> spec.timeout(Duration.ofMillis(ms)));
    facts.number("max_retries").ifPresent(count -> spec.retries(count.intValue()));
    if (facts.has("fallback_agents")) {
      spec.fallbackAgents(facts.texts("fallback_agents"));
    }
    facts.optionalText("step").ifPresent(spec::step);
    if (facts.has("metadata")) {
      facts.object("metadata").fields().forEach((key, value) -> spec.metadata(key, (String) value));
    }
    return spec;
  }

  /** Content as results name it. */
  static Map<String, Object> describe(Content content) {
    Map<String, Object> facts = new LinkedHashMap<>();
    if (content.isJson()) {
      facts.put("payload", content.payload());
    }
    if (content.isData()) {
      facts.put("data_base64", Base64.getEncoder().encodeToString(content.data()));
      facts.put("content_type", content.contentType());
    }
    return facts;
  }
}
