import { readFileSync } from 'node:fs';
import {
  type AskOptions,
  type ConnectOrchestratorOptions,
  type ContextChange,
  connectOrchestrator,
  type Delegator,
  type EventQuery,
  type NewSession,
  type NewStep,
  type Orchestrator,
  type SessionHandle,
} from '@vibes/agent-communication-bus';
import { camelCase, snakeCaseOf } from './camel-case.ts';
import type { Commands, Words } from './command.ts';
import { write } from './lines.ts';
import { taskOf } from './messages.ts';
import { answerWords, sessionWords, taskWords } from './records.ts';

/** What `orchestrator.connect` says besides the options of the client. */
interface Connect extends ConnectOrchestratorOptions {
  readonly orchestrator: string;
  readonly caFile?: string;
}

/** What the other commands say, the options of their methods among it. */
interface Request extends AskOptions, EventQuery {
  readonly sessionId: string;
  readonly taskId: string;
  readonly task: Words;
  readonly reason: string;
  readonly details?: string;
  readonly summary: string;
  readonly artifacts?: readonly string[];
  readonly expectedRevision?: number;
}

/** The commands that are about orchestrators. */
export function createOrchestratorCommands(): Commands {
  const orchestrators = new Map<unknown, Orchestrator>();

  function orchestratorOf({ orchestrator }: Words): Orchestrator {
    const known = orchestrators.get(orchestrator);
    if (known === undefined) throw new Error(`there is no orchestrator ${orchestrator}`);
    return known;
  }

  const sessionOf = (words: Words): SessionHandle =>
    orchestratorOf(words).openSession(camelCase<Request>(words).sessionId);

  /** Tasks are in the session that is named, or outside of sessions. */
  const delegatorOf = (words: Words): Delegator =>
    words.session_id === undefined ? orchestratorOf(words) : sessionOf(words);

  return {
    'orchestrator.connect'(words) {
      const { orchestrator, caFile, ...options } = camelCase<Connect>(words);
      const tls = caFile !== undefined && { tls: { ca: readFileSync(caFile) } };
      orchestrators.set(orchestrator, connectOrchestrator({ ...options, ...tls }));
    },
    async 'orchestrator.create_session'(words) {
      const session = await orchestratorOf(words).createSession(newSessionOf(words.session));
      return sessionWords(await session.get());
    },
    'orchestrator.session': async (words) => sessionWords(await sessionOf(words).get()),
    async 'orchestrator.update_shared_context'(words) {
      const change = camelCase<ContextChange & Request>(words);
      return sessionWords(await sessionOf(words).updateSharedContext(change, change));
    },
    'orchestrator.delegate': async (words) => ({ task_id: await delegatorOf(words).delegate(taskOf(words.task)) }),
    async 'orchestrator.ask'(words) {
      return answerWords(await delegatorOf(words).ask(taskOf(words.task), camelCase<Request>(words)));
    },
    'orchestrator.task': async (words) => taskWords(await delegatorOf(words).task(camelCase<Request>(words).taskId)),
    async 'orchestrator.cancel_task'(words) {
      const request = camelCase<Request>(words);
      return taskWords(await delegatorOf(words).cancelTask(request.taskId, request));
    },
    'orchestrator.watch': async (words) => follow(sessionOf(words), camelCase<Request>(words)),
    'orchestrator.complete': async (words) => sessionWords(await sessionOf(words).complete(camelCase<Request>(words))),
    'orchestrator.terminate': async (words) =>
      sessionWords(await sessionOf(words).terminate(camelCase<Request>(words))),
    'orchestrator.close': (words) => orchestratorOf(words).close(),
  };
}

async function follow(session: SessionHandle, query: EventQuery): Promise<Words> {
  let last = query.after ?? 0;
  for await (const { sessionId, sequence, actor, body } of session.events(query)) {
    last = sequence;
    write({ event: 'session_event', session_id: sessionId, sequence, type: snakeCaseOf(body.case ?? ''), actor });
  }
  return { last_sequence: last };
}

function newSessionOf(words: unknown): NewSession {
  const { participants = [], steps, ...rest } = camelCase<NewSession>(words);
  return {
    ...rest,
    participants: participants.map((participant) => camelCase(participant)),
    ...(steps !== undefined && { steps: steps.map((step) => camelCase<NewStep>(step)) }),
  };
}
