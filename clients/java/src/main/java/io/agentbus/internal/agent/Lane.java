package io.agentbus.internal.agent;

import io.agentbus.v1.AgentStreamRequest;

/**
 * A source of frames for the stream. It keeps what is to be said and puts it into a frame only when
 * the stream can take one, so that what piles up while the stream is busy travels together.
 */
interface Lane {
  /** A stream is welcomed: nothing was said on it yet. */
  void online();

  /** The stream is gone, with whatever was unanswered on it. */
  void offline();

  /** The next frame, or null if there is nothing to say. */
  AgentStreamRequest next();
}
