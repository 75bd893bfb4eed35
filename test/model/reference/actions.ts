import type { HandedOut } from './mail.ts';
import type { Position } from './workflow.ts';
import type { Routing, Step } from './world.ts';

/** What may be asked of a bus, in full. */
export type Action =
  | {
      readonly does: 'create';
      readonly session: string;
      readonly orchestrator: string;
      readonly roster: readonly { agent: string; role: string }[];
      readonly automatic: boolean;
      readonly steps: readonly Omit<Step, 'status'>[];
    }
  | Request
  | Answer
  | { readonly does: 'say'; readonly session: string; readonly from: string; readonly to: string; readonly id: string }
  | { readonly does: 'cancel'; readonly session: string; readonly task: string; readonly as: string }
  | { readonly does: 'place'; readonly session: string; readonly position: Position }
  | { readonly does: 'context'; readonly session: string; readonly expected: number | undefined }
  | { readonly does: 'join'; readonly session: string; readonly agent: string; readonly role: string }
  | { readonly does: 'leave'; readonly session: string; readonly agent: string }
  | { readonly does: 'end'; readonly session: string; readonly how: 'COMPLETED' | 'TERMINATED' }
  | { readonly does: 'receive'; readonly agent: string; readonly max: number; readonly leaseMs: number }
  | { readonly does: 'acknowledge'; readonly agent: string; readonly ids: readonly string[] }
  | { readonly does: 'reject'; readonly agent: string; readonly id: string; readonly how: number | 'drop' }
  | { readonly does: 'extend'; readonly agent: string; readonly id: string; readonly leaseMs: number }
  | { readonly does: 'connect'; readonly agent: string; readonly credit: number }
  | { readonly does: 'disconnect'; readonly agent: string }
  | { readonly does: 'beat'; readonly agent: string }
  | { readonly does: 'restart' }
  /** Time goes on to the next moment at which something is due, and not beyond `until`. */
  | { readonly does: 'wait'; readonly until: number };

export type Target = { readonly agent: string } | { readonly role: string } | { readonly capability: string } | 'all';

export interface Request {
  readonly does: 'request';
  readonly session: string;
  readonly from: string;
  readonly to: Target;
  readonly id: string;
  readonly step: string;
  readonly parent: string;
  readonly priority: number;
  readonly routing: Routing;
  /** What it says: a repeat says the same. */
  readonly content: number;
}

export interface Answer {
  readonly does: 'answer' | 'report';
  readonly session: string;
  readonly from: string;
  readonly to: string;
  readonly id: string;
  /** A task by its own name or by that of its request. */
  readonly task: string;
  readonly failed: boolean;
  readonly progress: number;
}

/** What the bus made of it. */
export type Outcome =
  | { readonly error: string }
  | {
      readonly error?: undefined;
      readonly duplicate?: boolean;
      readonly acceptedAt?: number;
      readonly recipients?: readonly string[];
      readonly stale?: readonly string[];
      readonly deliveries?: readonly HandedOut[];
      /** Other things happened meanwhile: leases may have run out before their mail was read. */
      readonly atOnce?: boolean;
      /** The moment that `wait` came to. */
      readonly now?: number;
    };
