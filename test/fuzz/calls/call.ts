import type { DescMethod } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { anyMessage, type Specimen } from '../input/arbitrary-message.ts';
import { type Oddity, oddities } from './oddities.ts';
import { PROTOCOLS, type Protocol } from './request.ts';

/** One call of a run. */
export interface Call {
  readonly method: DescMethod;
  readonly protocol: Protocol;
  readonly http: 1 | 2;
  /** One, or several where the client streams. */
  readonly messages: readonly Specimen[];
  readonly oddities: readonly Oddity[];
  readonly timeoutMs: number;
  /** Whether the world is compared before and after it. */
  readonly watched: boolean;
}

/** Calls of any of the methods; the usual ones come more often than those that there are several of. */
export function arbitraryCall(
  methods: readonly DescMethod[],
  protocols: readonly Protocol[] = PROTOCOLS,
): fc.Arbitrary<Call> {
  return fc.oneof(...methods.map((method) => ({ weight: weightOf(method), arbitrary: callOf(method, protocols) })));
}

/** Without messages in mailboxes there is little to receive, to settle and to refuse. */
function weightOf(method: DescMethod): number {
  const often: Readonly<Record<string, number>> = {
    SendMessage: 8,
    ReceiveMessages: 4,
    AcknowledgeMessages: 2,
    CreateSession: 2,
    RegisterAgent: 2,
  };
  return often[method.name] ?? 1;
}

function callOf(method: DescMethod, protocols: readonly Protocol[]): fc.Arbitrary<Call> {
  const one = anyMessage(method.input);
  const isMany = method.methodKind === 'bidi_streaming' || method.methodKind === 'client_streaming';
  return fc
    .record(
      {
        protocol: fc.constantFrom(...protocols),
        http: fc.constantFrom(2 as const, 1 as const),
        messages: isMany ? fc.array(one, { minLength: 1, maxLength: 5 }) : one.map((message) => [message]),
        oddities,
        timeoutMs: fc.constantFrom(40, 40, 40, 150),
        watched: fc.nat(7).map((n) => n === 0),
      },
      { noNullPrototype: true },
    )
    .map((call) => ({ method, ...call, [fc.toStringMethod]: () => describeCall({ method, ...call }) }));
}

function describeCall({ method, protocol, http, messages, oddities: odd, timeoutMs }: Call): string {
  const names = odd.map(({ name }) => name).join(', ');
  return `\n  ${method.parent.name}/${method.name} ${protocol} over HTTP/${http} in ${timeoutMs} ms${names === '' ? '' : ` [${names}]`}: ${messages.map((message) => fc.stringify(message)).join(' | ')}`;
}
