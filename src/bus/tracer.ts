/**
 * What the bus tells whoever follows a message through many processes (W3C Trace Context). Called on the path of
 * messages: a tracer takes note and returns. It never throws and never waits.
 */
export interface Tracer {
  /** False: nothing comes of it, and whoever has to look something up for a span skips the work. */
  readonly enabled: boolean;
  /** Begins a span. A parent that is no valid `traceparent` counts as none. */
  start(name: SpanName, options: SpanStart): Span;
}

/** The stretches of a message's way that the bus sees. */
export type SpanName =
  /** A message is accepted: from the call to the disk. */
  | 'send'
  /** Where it goes is decided; within `send`. */
  | 'route'
  /** A recipient has it: from the hand-out to the end of the lease. */
  | 'deliver'
  /** The recipient is done with it: from its word to the disk; within `deliver`. */
  | 'acknowledge'
  /** Work that an agent was asked to do: from the delegation to its end. */
  | 'task';

export interface SpanStart {
  /** `traceparent` of the span that this one is part of. Absent: the span begins a trace. */
  readonly parent?: string | undefined;
  readonly attributes: SpanAttributes;
  /** Milliseconds since the epoch. Absent: now. */
  readonly startedAt?: number;
}

/** Facts about a span: ids, counts, sizes. Never what a message says. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A stretch of time under way. */
export interface Span {
  /** Names this span as the parent of others; empty when the tracer is not enabled. */
  readonly traceparent: string;
  /** Ends it. Only the first call counts. */
  end(outcome?: SpanOutcome): void;
}

export interface SpanOutcome {
  /** What went wrong, as a word for programs. Absent: nothing did. */
  readonly error?: string;
  /** Milliseconds since the epoch. Absent: now. */
  readonly at?: number;
  readonly attributes?: SpanAttributes;
}

const NO_SPAN: Span = { traceparent: '', end: () => undefined };

/** The tracer of a bus that nobody wants traces of. */
export const NO_TRACER: Tracer = { enabled: false, start: () => NO_SPAN };
