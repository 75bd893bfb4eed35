import { timestampMs } from '@bufbuild/protobuf/wkt';
import { type Client, createClient } from '@connectrpc/connect';
import { MessageService } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionService } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { AgentbusError } from '../../../src/client/errors.ts';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SendFact } from '../ledger/message-facts.ts';
import { newSessionFacts, type SessionFacts } from '../ledger/session-facts.ts';
import { type Actor, type BusRun, openTransport, type Protocol, pause } from './bus-run.ts';
import { envelopeOf } from './message-content.ts';
import { askForChange, askForSession } from './session-record.ts';
import { updateContext } from './update-context.ts';

export interface OrchestratorOptions {
  readonly agentId: string;
  readonly workers: readonly [string, ...string[]];
  readonly protocol: Protocol;
  readonly ledger: Ledger;
  readonly choices: Choices;
}

/** A session under way, and what is left to do in it, in this order. A step is done when it was answered. */
interface Work {
  readonly facts: SessionFacts;
  readonly steps: Step[];
}

type Step =
  | { readonly kind: 'create' | 'await tasks' | 'complete' }
  | { readonly kind: 'delegate' | 'update'; readonly name: string };

/**
 * Leads one session after the other: creates it, delegates tasks, changes the shared context, waits for the answers, completes
 * it. When the bus dies it goes on with the step that had no answer, with the same ids.
 */
export function createOrchestrator(options: OrchestratorOptions): Actor {
  const { agentId, protocol, ledger, choices } = options;
  let work: Work | undefined;
  let sessions = 0;
  return {
    name: agentId,
    async run(bus) {
      const transport = openTransport(bus, agentId, protocol);
      const client = createClient(SessionService, transport);
      const hand = createHand(options, client, createClient(MessageService, transport));
      if (work !== undefined && work.facts.lastSequence > 0) await lookAt(work.facts, client, ledger);
      while (!bus.gone.aborted && (bus.mode === 'work' || work !== undefined)) {
        work ??= newWork(options, ++sessions);
        const [step] = work.steps;
        if (step === undefined) work = undefined;
        else if (await hand.take(step, work, bus)) work.steps.shift();
        await pause(bus.mode === 'work' ? choices.spread(2, 200) : 1, bus.gone);
      }
    },
  };
}

/** The first thing after a restart: the session is there, and not older than it was. */
async function lookAt(facts: SessionFacts, client: Client<typeof SessionService>, ledger: Ledger): Promise<void> {
  await askForSession(ledger, facts, () => client.getSession({ sessionId: facts.sessionId }));
}

function newWork({ agentId, ledger, choices }: OrchestratorOptions, number: number): Work {
  const sessionId = `${agentId.replace('crash://', '')}-${number}`;
  const facts = newSessionFacts(sessionId, agentId);
  ledger.sessions.set(sessionId, facts);
  const steps: Step[] = [];
  const count = choices.int(4, 12);
  for (let index = 1; index <= count; index++) {
    const kind = choices.chance(0.5) ? 'delegate' : 'update';
    steps.push({ kind, name: `${sessionId}-${kind === 'delegate' ? 'task' : 'patch'}-${index}` });
  }
  // Some sessions end while tasks are open, which calls them off.
  if (choices.chance(0.85)) steps.push({ kind: 'await tasks' });
  return { facts, steps: [{ kind: 'create' }, ...steps, { kind: 'complete' }] };
}

/** Takes one step. Each returns whether it is done, and throws when the bus is gone. */
function createHand(
  { agentId, workers, ledger, choices }: OrchestratorOptions,
  sessions: Client<typeof SessionService>,
  messages: Client<typeof MessageService>,
) {
  const refusedWith = (error: AgentbusError, facts: SessionFacts, step: string): boolean => {
    const text = `${step} was refused with ${error.reason}: ${error.message}`;
    ledger.report({ kind: 'call failed', text, subject: facts.sessionId });
    return true;
  };
  const create = async (facts: SessionFacts): Promise<boolean> => {
    const { sessionId } = facts;
    const participants = workers.map((worker) => ({ agentId: worker, role: 'worker' }));
    const answer = await askForChange(ledger, facts, {
      kind: 'sessionCreated',
      subject: '',
      doneBefore: ['SESSION_ALREADY_EXISTS'],
      call: () =>
        askForSession(ledger, facts, () => sessions.createSession({ sessionId, orchestrator: agentId, participants })),
    });
    return answer instanceof AgentbusError ? refusedWith(answer, facts, 'the creation') : true;
  };
  const delegate = async (facts: SessionFacts, messageId: string): Promise<boolean> => {
    const { sessionId } = facts;
    const message =
      ledger.message({ sender: agentId, messageId }) ??
      ledger.addMessage({
        sender: agentId,
        messageId,
        recipient: choices.pick(workers),
        priority: choices.int(1, 4),
        size: choices.int(0, 2_000),
        sessionId,
      });
    const sent: SendFact = ledger.ask({});
    message.sends.push(sent);
    const answer = await askForChange(ledger, facts, {
      kind: 'taskDelegated',
      subject: messageId,
      doneBefore: [],
      call: () => messages.sendMessage({ message: envelopeOf(message) }),
    });
    if (answer instanceof AgentbusError) {
      ledger.refuse(sent);
      return refusedWith(answer, facts, 'a task');
    }
    if (answer !== 'done before') {
      ledger.confirm(sent);
      sent.answer = answer.duplicate ? 'duplicate' : 'accepted';
      if (answer.acceptedTime !== undefined) sent.acceptedAt = timestampMs(answer.acceptedTime);
    }
    ledger.changed(message);
    return true;
  };
  const update = async (facts: SessionFacts, name: string): Promise<boolean> => {
    const answer = await updateContext({ client: sessions, ledger, session: facts, name });
    if (!(answer instanceof AgentbusError)) return true;
    // A worker was faster: the next try reads the session again.
    return answer.reason === 'CONTEXT_REVISION_MISMATCH'
      ? false
      : refusedWith(answer, facts, 'a change of the context');
  };
  const tasksAreOver = async ({ sessionId }: SessionFacts): Promise<boolean> => {
    const { tasks } = await sessions.listTasks({ sessionId, pageSize: 500 });
    const open = [TaskStatus.QUEUED, TaskStatus.DELIVERED, TaskStatus.WORKING];
    return !tasks.some(({ status }) => open.includes(status));
  };
  const complete = async (facts: SessionFacts): Promise<boolean> => {
    const { sessionId } = facts;
    const answer = await askForChange(ledger, facts, {
      kind: 'sessionCompleted',
      subject: '',
      doneBefore: ['SESSION_ENDED'],
      call: () => askForSession(ledger, facts, () => sessions.completeSession({ sessionId, summary: 'done' })),
    });
    return answer instanceof AgentbusError ? refusedWith(answer, facts, 'the completion') : true;
  };
  return {
    async take(step: Step, { facts }: Work, bus: BusRun): Promise<boolean> {
      if (step.kind === 'create') return await create(facts);
      if (step.kind === 'delegate') return await delegate(facts, step.name);
      if (step.kind === 'update') return await update(facts, step.name);
      if (step.kind === 'complete') return await complete(facts);
      const over = await tasksAreOver(facts);
      if (!over) await pause(50, bus.gone);
      return over;
    },
  };
}
