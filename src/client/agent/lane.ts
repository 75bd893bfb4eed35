import type { MessageInitShape } from '@bufbuild/protobuf';
import type { AgentStreamRequestSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';

/** What a frame to the bus says. */
export type ClientFrame = NonNullable<MessageInitShape<typeof AgentStreamRequestSchema>['frame']>;

/**
 * A source of frames for the stream. It keeps what is to be said and puts it into a frame only when the stream
 * can take one, so that what piles up while the stream is busy travels together.
 */
export interface Lane {
  /** A stream is welcomed: nothing was said on it yet. */
  online(): void;
  /** The stream is gone, with whatever was unanswered on it. */
  offline(): void;
  /** The next frame, or undefined if there is nothing to say. */
  next(): ClientFrame | undefined;
}
