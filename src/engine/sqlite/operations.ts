import type { Operation } from './operation.ts';
import { accept } from './operations/accept.ts';
import { acknowledge } from './operations/acknowledge.ts';
import { listAgents, putAgent, removeAgent } from './operations/agent-rows.ts';
import { clearMarks } from './operations/clear-marks.ts';
import { commit } from './operations/commit.ts';
import { countAttempts } from './operations/count-attempts.ts';
import { deleteEvents } from './operations/delete-events.ts';
import { bury, expire } from './operations/end-messages.ts';
import { findRecords } from './operations/find-records.ts';
import { forgetDeadLetters } from './operations/forget-dead-letters.ts';
import { forgetRecords } from './operations/forget-records.ts';
import { forgetSessions } from './operations/forget-sessions.ts';
import { giveBackSpace, truncateLog } from './operations/give-back-space.ts';
import { readKeptEnvelope } from './operations/kept-envelope.ts';
import { listDeadLetters } from './operations/list-dead-letters.ts';
import { listSessions } from './operations/list-sessions.ts';
import { loadSession } from './operations/load-session.ts';
import { markInUse } from './operations/mark-in-use.ts';
import { getMetadata, holdsData, putMetadata } from './operations/metadata-rows.ts';
import { noOperation } from './operations/no-operation.ts';
import { purgeDeadLetters } from './operations/purge-dead-letters.ts';
import { readEvents } from './operations/read-events.ts';
import { readMail } from './operations/read-mail.ts';
import { measureDeadLetters, redeliver } from './operations/redeliver.ts';

/** All operations; the position of one is its number on the tape, the same in both threads. */
export const OPERATIONS: readonly Operation<never, unknown>[] = [
  commit,
  accept,
  acknowledge,
  countAttempts,
  bury,
  expire,
  markInUse,
  findRecords,
  readMail,
  readKeptEnvelope,
  listDeadLetters,
  measureDeadLetters,
  redeliver,
  purgeDeadLetters,
  loadSession,
  readEvents,
  listSessions,
  putAgent,
  removeAgent,
  listAgents,
  getMetadata,
  putMetadata,
  holdsData,
  forgetRecords,
  forgetDeadLetters,
  forgetSessions,
  deleteEvents,
  giveBackSpace,
  truncateLog,
  clearMarks,
  noOperation,
];
