import type { JsonValue } from '@bufbuild/protobuf';
import type { SessionEvent, TaskAttemptFailed } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { Task, TaskResult } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { AGGREGATION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { evolveTasks } from '../session/evolve-tasks.ts';
import { type Answer, answerOf } from './answer.ts';
import type { Member } from './roster.ts';

/** What a session's events say about its tasks. Its size is bounded, however many events there are. */
export interface SessionHistory {
  /** Takes in the next event. Throws LIMIT_REACHED if the answers become larger than allowed. */
  add(event: SessionEvent): void;
  readonly tasks: ReadonlyMap<string, Task>;
  /** Those that can be compared, oldest first. */
  readonly answers: readonly Answer[];
  /** By task id; a task whose first attempt did it is not in it. */
  readonly failedAttempts: ReadonlyMap<string, FailedAttempts>;
  /** What results name as their artifacts, oldest first. */
  readonly artifacts: readonly Artifact[];
}

/** The attempts of one task that were followed by another one. */
export interface FailedAttempts {
  readonly count: number;
  /** The newest of them, oldest first. */
  readonly newest: readonly TaskAttemptFailed[];
}

/** Where an agent says that a result of its work is. */
export interface Artifact {
  readonly agentId: string;
  readonly text: string;
}

/** A history without events, of a session with this roster. */
export function createSessionHistory(roster: readonly Member[]): SessionHistory {
  const roles = new Map(roster.map(({ agentId, role }) => [agentId, role]));
  const tasks = new Map<string, Task>();
  const answers: Answer[] = [];
  const failedAttempts = new Map<string, FailedAttempts>();
  const artifacts: Artifact[] = [];
  let answerBytes = 0;

  function addAnswer(answer: Answer | undefined): void {
    if (answer === undefined) return;
    answerBytes += Buffer.byteLength(JSON.stringify(answer.content));
    if (answerBytes > AGGREGATION_LIMITS.maxAnswerBytes) throw answersTooLarge();
    answers.push(answer);
  }

  function addFailedAttempt(failed: TaskAttemptFailed): void {
    const { count, newest } = failedAttempts.get(failed.taskId) ?? { count: 0, newest: [] };
    const kept = [...newest, failed].slice(-AGGREGATION_LIMITS.attemptsPerTask);
    failedAttempts.set(failed.taskId, { count: count + 1, newest: kept });
  }

  function addArtifacts(agentId: string, result: TaskResult | undefined): void {
    const room = AGGREGATION_LIMITS.maxArtifacts - artifacts.length;
    artifacts.push(
      ...artifactsIn(result)
        .slice(0, room)
        .map((text) => ({ agentId, text })),
    );
  }

  return {
    add(event) {
      evolveTasks(tasks, event);
      const { body } = event;
      switch (body.case) {
        case 'taskCompleted':
          addAnswer(answerOf(body.value, roles.get(body.value.agentId) ?? ''));
          addArtifacts(body.value.agentId, body.value.result);
          break;
        case 'taskFailed':
          addArtifacts(body.value.agentId, body.value.result);
          break;
        case 'taskAttemptFailed':
          addFailedAttempt(body.value);
          break;
        default:
          break;
      }
    },
    tasks,
    answers,
    failedAttempts,
    artifacts,
  };
}

function artifactsIn(result: TaskResult | undefined): string[] {
  if (result?.content.case !== 'payload') return [];
  const content = result.content.value;
  return ['artifact', 'artifacts'].flatMap((key) => (Object.hasOwn(content, key) ? textsIn(content[key]) : []));
}

function textsIn(value: JsonValue | undefined): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.filter((item) => typeof item === 'string' && item !== '') as string[];
}

function answersTooLarge(): BusError {
  const limit = AGGREGATION_LIMITS.maxAnswerBytes;
  return new BusError('LIMIT_REACHED', `the answers of the session have more than ${limit} bytes together`, {
    bound: 'bytes of answers',
    limit,
  });
}
