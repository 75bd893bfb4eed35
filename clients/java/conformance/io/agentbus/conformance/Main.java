package io.agentbus.conformance;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Reads commands, one a line, and has them done side by side. */
public final class Main {
  private Main() {}

  /**
   * Runs until the input ends.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) throws Exception {
    Lines lines = new Lines();
    Commands commands = new Commands(lines);
    ExecutorService threads = Executors.newCachedThreadPool();
    lines.event(Map.of("event", "started"));
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      Facts command = Facts.parse(line);
      threads.execute(() -> commands.run(command));
    }
    lines.flush();
    // Whatever is still connected goes with the process, as a program that is killed would.
    Runtime.getRuntime().halt(0);
  }
}
