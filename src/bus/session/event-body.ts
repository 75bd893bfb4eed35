import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';

/** What an event says; the log adds number, time, actor and cause. */
export type EventBody = SessionEvent['body'];
