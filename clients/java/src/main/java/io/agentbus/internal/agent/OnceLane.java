package io.agentbus.internal.agent;

import io.agentbus.v1.AgentStreamRequest;
import java.util.function.Supplier;

/** A lane that says one kind of frame when it is asked to, however often before it is written. */
final class OnceLane implements Lane {
  private final Supplier<AgentStreamRequest> frame;
  private boolean isDue;

  /**
   * Makes the lane.
   *
   * @param frame called when the stream takes the frame, so that it tells the newest facts
   */
  OnceLane(Supplier<AgentStreamRequest> frame) {
    this.frame = frame;
  }

  void ask() {
    isDue = true;
  }

  /** What was asked for without a stream to say it on is said on the next one. */
  @Override
  public void online() {}

  @Override
  public void offline() {}

  @Override
  public AgentStreamRequest next() {
    if (!isDue) {
      return null;
    }
    isDue = false;
    return frame.get();
  }
}
