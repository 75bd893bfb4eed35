import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Facts } from './testee.ts';

/** One thing that every client must do. */
export interface Scenario {
  /** Name of its file. */
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly goal: string;
  /** A bus of its own, which it may stop; absent if it shares one with others. */
  readonly bus?: {
    /** Settings besides the usual ones. */
    readonly env?: Readonly<Record<string, string>>;
    readonly tls?: boolean;
  };
  readonly steps: readonly Step[];
}

/** What is expected of an answer: fields of its result, or of its error. */
export interface Expected {
  readonly expect?: Facts;
  readonly error?: Facts;
  /** Variables to make of fields of the result, by their path such as `session.session_id`. */
  readonly save?: Readonly<Record<string, string>>;
}

/** One step; the next begins when it is over. */
export type Step =
  /** Gives the testee a command and waits for the answer, which must not be an error unless one is expected. */
  | ({ readonly do: string; readonly with?: Facts } & Expected)
  /** Gives a command and goes on; `await` waits for the answer. */
  | { readonly start: string; readonly with?: Facts; readonly as: string }
  | ({ readonly await: string } & Expected)
  /** Waits for an event that no step has taken yet. */
  | { readonly event: string; readonly where?: Facts; readonly save?: Readonly<Record<string, string>> }
  /** Says how many such events there were so far, taken or not. */
  | { readonly count: string; readonly where?: Facts; readonly is: number }
  /** Calls the bus as any JSON client does, as an agent if `as` names one; again and again with `until`. */
  | ({
      readonly rpc: string;
      readonly body: Facts;
      readonly as?: string;
      readonly until?: boolean;
    } & Expected)
  /**
   * Kills the bus as a power cut would, stops it as an operator would, or starts it again in the same place; or makes it
   * hang, and go on again.
   */
  | { readonly bus: 'kill' | 'stop' | 'start' | 'hang' | 'goOn' }
  /**
   * Breaks every connection that goes by `$network_address`, or loses all that is said on those that there are, which stay
   * open; as often as `times` says, each time after a while.
   */
  | { readonly network: 'cut' | 'lose'; readonly times?: number; readonly every_ms?: number }
  /** Lets time pass: the only way to see that something does not happen. */
  | { readonly idle_ms: number };

const FOLDER = join(import.meta.dirname, '../scenarios');

/** All scenarios, in the order of their names. */
export function readScenarios(): Scenario[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const scenario = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Omit<Scenario, 'name'>;
    return { ...scenario, name: basename(file, '.json') };
  });
}
