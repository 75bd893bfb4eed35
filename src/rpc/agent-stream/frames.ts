import type {
  AgentStreamRequest,
  AgentStreamResponse,
  ErrorStatus,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { IncomingMessage } from '../../bus/message/incoming.ts';
import type { SendOutcome } from '../../bus/message/messages.ts';
import type { Lease } from '../../engine/engine.ts';

type RequestFrame = AgentStreamRequest['frame'];
type ResponseFrame = AgentStreamResponse['frame'];

/** A frame from the client, before anybody looked into it. */
export interface Arrival {
  /** The field of the frame, in the spelling of the contract; empty if there is none. */
  readonly name: string;
  /** The session that a `watch` names. */
  readonly sessionId: string;
  /** What it costs of a turn of the event loop; one message is about one unit. */
  readonly units: number;
  /** The frame, checked against the rules of the contract. Throws what is wrong with it. */
  read(): InboundFrame;
}

/** A frame from the client. The envelopes of a `send` are looked into one by one. */
export type InboundFrame =
  | Exclude<RequestFrame, { case: 'send' | undefined }>
  | { readonly case: 'send'; readonly value: readonly Submission[] };

/** A message that a client wants to send. */
export interface Submission {
  readonly messageId: string;
  /** The message, checked against the rules of the contract. Throws what is wrong with it. */
  open(): IncomingMessage;
}

/** What became of a message of a `send`: it was accepted now or before, or refused. */
export type SendAnswer = SendOutcome | SendRefusal;

export interface SendRefusal {
  readonly messageId: string;
  readonly error: ErrorStatus;
}

/** A frame to the client. Envelopes stay the bytes that they came as. */
export type OutboundFrame =
  | Exclude<ResponseFrame, { case: 'delivery' | 'sendResult' | 'sessionEvent' | undefined }>
  | { readonly case: 'delivery'; readonly value: readonly Lease[] }
  | { readonly case: 'sendResult'; readonly value: readonly SendAnswer[] }
  | { readonly case: 'sessionEvent'; readonly value: readonly SessionEvent[] };
