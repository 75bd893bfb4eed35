import { Code } from '@connectrpc/connect';
import fc from 'fast-check';
import { ErrorInfoSchema } from '../../../gen/ts/google/rpc/error_details_pb.js';
import { judge, mayHaveEffect } from '../bus/oracle.ts';
import { requireService } from '../bus/round-trip.ts';
import { requireUnchanged, snapshot } from '../bus/snapshot.ts';
import { createWorld, type World } from '../bus/world.ts';
import { arbitraryCall, type Call } from '../calls/call.ts';
import { allMethods } from '../calls/methods.ts';
import { type Protocol, writeRequest } from '../calls/request.ts';
import type { Part, PartOptions } from './part.ts';

const MOST_CALLS = 10;

/** Sequences of calls of every method, in every protocol. */
export function createRpcPart(options: PartOptions): Promise<Part> {
  return createCallsPart('rpc', options);
}

/** The same where messages are JSON, whose texts can be broken in ways of their own. */
export function createJsonPart(options: PartOptions): Promise<Part> {
  return createCallsPart('json', options, [
    'connect+json',
    'connect+json',
    'connect-get',
    'grpc+json',
    'grpc-web+json',
  ]);
}

async function createCallsPart(
  name: 'rpc' | 'json',
  options: PartOptions,
  protocols?: readonly Protocol[],
): Promise<Part> {
  const calls = fc.array(arbitraryCall(await allMethods(), protocols), { minLength: 1, maxLength: MOST_CALLS });
  const property = fc.asyncProperty(calls, fc.boolean(), async (sequence, atOnce) => {
    const world = await createWorld(options.bus);
    try {
      if (atOnce) await Promise.all(sequence.map((call) => perform(options, world, { ...call, watched: false })));
      else for (const call of sequence) await perform(options, world, call);
      options.bus.requireHealthy();
    } finally {
      await world.leave();
    }
    await requireService(options.bus);
  });
  return { name, property };
}

async function perform({ bus, counts }: PartOptions, world: World, call: Call): Promise<void> {
  const before = call.watched ? await snapshot(bus, world) : undefined;
  const request = writeRequest({ ...call, apiKey: bus.process.apiKey }, world.resolve);
  for (const oddity of call.oddities) oddity.apply(request);
  const raw = await bus.sender.send(request);
  try {
    const { error, messages, isPage } = judge(raw, call);
    world.learn(messages);
    counts.add(isPage ? `page ${raw.status}` : outcomeOf(error));
    if (before === undefined || error === undefined || mayHaveEffect(error)) return;
    counts.add('refused calls that were seen to change nothing');
    requireUnchanged(before, await snapshot(bus, world), { hasTimers: hasTimers(call) || world.hasTimers });
  } catch (error) {
    const head = [...raw.headers, ...raw.trailers].map((field) => field.join(': ')).join('\n');
    const sent = `${request.method} ${request.path.slice(0, 300)} with ${Buffer.from(request.body.subarray(0, 600)).toString('latin1')}`;
    throw new Error(
      `${error instanceof Error ? error.message : error}\nsent: ${sent}\nanswer: ${raw.status}\n${head}\n${raw.body.subarray(0, 600)}`,
    );
  } finally {
    world.hasTimers ||= hasTimers(call);
  }
}

/** Whether something may end by itself after the call. */
function hasTimers({ messages }: Call): boolean {
  return messages.some((message) => /timeout|expires_at/.test(fc.stringify(message)));
}

type Refusal = NonNullable<ReturnType<typeof judge>['error']>;

function outcomeOf(error: Refusal | undefined): string {
  if (error === undefined) return 'OK';
  return `${Code[error.code]} ${error.findDetails(ErrorInfoSchema)[0]?.reason ?? ''}`;
}
