package io.agentbus;

import java.util.concurrent.CompletableFuture;

/** A session that is followed. */
public interface Watch extends AutoCloseable {
  /**
   * Completes with the sequence of the last event when the session has ended.
   *
   * @return fails with the error that the bus gives for the session, such as SESSION_NOT_FOUND,
   *     with what the listener threw, and with CANCELLED when the watch or the client is closed
   */
  CompletableFuture<Long> ended();

  /** Ends it. An event may still be on its way to the listener. */
  @Override
  void close();
}
