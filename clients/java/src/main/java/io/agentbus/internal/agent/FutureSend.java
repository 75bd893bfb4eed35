package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.Sent;
import io.agentbus.internal.Completions;
import java.util.concurrent.CompletableFuture;

/** Tells the program what became of a message. */
final class FutureSend implements PendingSend.Listener {
  private final CompletableFuture<Sent> future = new CompletableFuture<>();

  CompletableFuture<Sent> future() {
    return future;
  }

  @Override
  public void accepted(Sent sent) {
    Completions.complete(future, sent);
  }

  @Override
  public void refused(AgentbusException error) {
    Completions.fail(future, error);
  }
}
