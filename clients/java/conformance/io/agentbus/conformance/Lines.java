package io.agentbus.conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import io.agentbus.AgentbusException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Writes what is to be told, one JSON object a line. */
final class Lines {
  static final Gson JSON =
      new GsonBuilder()
          .serializeNulls()
          .disableHtmlEscaping()
          .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
          .create();

  private final ReentrantLock lock = new ReentrantLock();
  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

  void event(Map<String, ?> facts) {
    String line = JSON.toJson(facts);
    lock.lock();
    try {
      out.print(line + "\n");
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  void result(Object id, Map<String, ?> result) {
    event(Map.of("id", id, "result", result));
  }

  void error(Object id, Throwable thrown) {
    event(Map.of("id", id, "error", describe(AgentbusException.from(thrown))));
  }

  void flush() {
    lock.lock();
    try {
      out.flush();
    } finally {
      lock.unlock();
    }
  }

  static Map<String, Object> describe(AgentbusException error) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("code", error.code().name());
    facts.put("reason", error.reason().orElse(null));
    facts.put("message", error.text());
    facts.put("facts", error.facts());
    return facts;
  }
}
