package io.agentbus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Goal: what a program does about the end of its agent is done. Method: a program of its own. */
@Timeout(60)
class ProgramEndTest {
  /** Its agent cannot connect; when it knows, it takes its time and ends with a code of its own. */
  public static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      Agent.builder("http://127.0.0.1:1")
          .apiKey("key")
          .agentId("java://nobody")
          .connectTimeout(Duration.ofMillis(1))
          .connect()
          .closed()
          .whenComplete((done, error) -> end());
    }

    private static void end() {
      try {
        boolean isOver = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
        System.exit(isOver ? 1 : 7);
      } catch (InterruptedException stopped) {
        System.exit(1);
      }
    }
  }

  @Test
  void runsWhatHangsOnTheEndOfTheAgentBeforeTheProgramEnds()
      throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .inheritIO()
            .start();
    assertEquals(7, program.waitFor());
  }
}
