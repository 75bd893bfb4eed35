import { type JsonObject, toJson } from '@bufbuild/protobuf';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import {
  type SessionEvent,
  SessionEventSchema,
  type SessionEventType,
} from '../../gen/ts/agentbus/v1/session_event_pb.js';
import type { SessionView } from './session-view.ts';

/** Names of the events: `session_created`, `task_delegated` and so on. */
export type SessionManagerEventType = Lowercase<Exclude<keyof typeof SessionEventType, 'UNSPECIFIED'>>;

/** One durable change of a session. */
export interface SessionManagerEvent {
  readonly type: SessionManagerEventType;
  readonly sessionId: string;
  /** 1, 2, 3 and so on within the session. */
  readonly sequence: number;
  readonly time: Date;
  /** Agent id, `principal:{name}` or `bus`. */
  readonly actor: string;
  /** The message that brought it about; empty if none did. */
  readonly cause: string;
  /** What happened, as the JSON form of the contract spells it. */
  readonly data: JsonObject;
}

/** A durable change with what it led to. */
export interface SessionManagerEmission extends SessionManagerEvent {
  /** The session after the event. */
  readonly session: SessionView;
}

/** Listener arguments by event name, as node:events wants them. */
export type SessionManagerEvents = { [Type in SessionManagerEventType]: [event: SessionManagerEmission] };

/** The name of what happened. */
export function typeOf({ body, sequence, sessionId }: SessionEvent): SessionManagerEventType {
  if (body.case === undefined) throw new Error(`event ${sequence} of session ${sessionId} has no body`);
  return SessionEventSchema.field[body.case].name as SessionManagerEventType;
}

/** The event as plain data. */
export function viewEvent(event: SessionEvent): SessionManagerEvent {
  const type = typeOf(event);
  const json = toJson(SessionEventSchema, event, { useProtoFieldName: true }) as JsonObject;
  return {
    type,
    sessionId: event.sessionId,
    sequence: Number(event.sequence),
    time: event.time ? timestampDate(event.time) : new Date(0),
    actor: event.actor,
    cause: event.cause,
    // The set field of the `body` oneof carries the event's name.
    data: json[type] as JsonObject,
  };
}
