import fc from 'fast-check';
import { FRAME, frame, PREFACE } from '../../hostile/rig/http2-frames.ts';
import { callHeaders } from '../../hostile/rig/raw-http2.ts';
import type { FuzzedBus } from '../bus/fuzzed-bus.ts';
import { asksTheBus, hasAnswered, judgeHttp2, QUESTION } from '../bus/http2-oracle.ts';
import { requireService } from '../bus/round-trip.ts';
import { requireLetGo } from '../bus/sockets.ts';
import { type Piece, piece } from '../raw/http2-pieces.ts';
import { http2Scenes } from '../raw/http2-scenes.ts';
import { sliced } from '../raw/sliced.ts';
import { type Reply, talk } from '../raw/talk.ts';
import { tlsGarbage } from '../raw/tls-garbage.ts';
import type { Part, PartOptions } from './part.ts';

interface Connection {
  /** `no tls`: to the port with TLS, without any. */
  readonly over: 'plain' | 'tls' | 'no tls';
  readonly pieces: readonly Piece[];
  /** Bytes that are written at a time. */
  readonly slice: number;
  readonly ends: 'half' | 'wait' | 'reset';
}

const SETTINGS = frame({ type: FRAME.settings });
const beginning: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 14, arbitrary: fc.constant({ name: 'preface', bytes: Buffer.concat([PREFACE, SETTINGS]) }) },
  { weight: 1, arbitrary: fc.constant({ name: 'preface without settings', bytes: PREFACE }) },
  { weight: 1, arbitrary: fc.constant({ name: 'no preface', bytes: SETTINGS }) },
  {
    weight: 1,
    arbitrary: fc.nat(PREFACE.length - 1).map((n) => ({ name: `${n} of the preface`, bytes: PREFACE.subarray(0, n) })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(PREFACE.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
      const bytes = Buffer.from(PREFACE);
      bytes[at] = (bytes[at] ?? 0) ^ change;
      return { name: `a preface whose byte ${at} is changed by ${change}`, bytes };
    }),
  },
);

/** Connections of HTTP/2 frame by frame, and what is no TLS where TLS is spoken; several at a time. */
export function createHttp2Part({ bus, tlsBus, counts }: PartOptions): Part {
  const connections = fc.array(connectionsTo(bus, tlsBus), { minLength: 1, maxLength: 6 });
  const property = fc.asyncProperty(connections, async (batch) => {
    const replies = await Promise.all(
      batch.map(async (connection) => {
        const target = connection.over === 'plain' ? bus : (tlsBus ?? bus);
        const { port, said } = await connect(target, connection);
        for (const name of said) counts.add(`${connection.over}: ${name}`);
        return { port, target };
      }),
    );
    for (const one of [bus, tlsBus].filter((each) => each !== undefined)) {
      await requireLetGo(
        one,
        replies.filter(({ target }) => target === one).map(({ port }) => port),
      );
      one.requireHealthy();
      await requireService(one);
    }
  });
  return { name: 'http2', property };
}

function connectionsTo(bus: FuzzedBus, tlsBus: FuzzedBus | undefined): fc.Arbitrary<Connection> {
  const path = '/agentbus.v1.SessionService/GetSession';
  const call = callHeaders({ path, apiKey: bus.process.apiKey, contentType: 'application/json' });
  const scene = fc.constantFrom(...http2Scenes(call));
  const frames = fc
    .tuple(
      beginning,
      fc.array(fc.oneof({ weight: 1, arbitrary: scene }, { weight: 3, arbitrary: piece }), { maxLength: 8 }),
    )
    .map(([first, pieces]) => [first, ...pieces]);
  const alone = fc.tuple(beginning, scene).map((pieces): readonly Piece[] => pieces);
  const how = {
    slice: fc.constantFrom(2 ** 24, 2 ** 24, 1_000, 9, 1),
    ends: fc.constantFrom('wait' as const, 'wait' as const, 'half' as const, 'reset' as const),
  };
  const overs = tlsBus === undefined ? (['plain'] as const) : (['plain', 'plain', 'tls'] as const);
  const http2 = fc.record(
    { ...how, over: fc.constantFrom(...overs), pieces: fc.oneof(frames, alone) },
    { noNullPrototype: true },
  );
  if (tlsBus === undefined) return http2.map(described);
  const noTls = fc.record(
    { ...how, over: fc.constant('no tls' as const), pieces: tlsGarbage.map((one) => [one]) },
    { noNullPrototype: true },
  );
  return fc.oneof({ weight: 5, arbitrary: http2 }, { weight: 1, arbitrary: noTls }).map(described);
}

function described(connection: Connection): Connection {
  const { over, pieces, slice, ends } = connection;
  const names = pieces.map(({ name }) => name).join(' | ');
  return Object.assign(connection, { [fc.toStringMethod]: () => `\n  ${over}, ${slice} at a time, ${ends}: ${names}` });
}

async function connect(bus: FuzzedBus, { over, pieces, slice, ends }: Connection) {
  const parts = pieces.map(({ bytes }) => bytes);
  const sent = Buffer.concat(over !== 'no tls' && ends === 'wait' ? [...parts, QUESTION] : parts);
  const isOwed = over !== 'no tls' && asksTheBus(sent);
  const reply = await talk(bus, {
    secure: over === 'tls',
    chunks: sliced(sent, slice),
    ends,
    ...(isOwed && { isEnough: hasAnswered }),
  });
  const said = over === 'no tls' ? judgeNoTls(reply) : judgeHttp2(sent, reply.bytes);
  return { port: reply.port, said: [...said, ...(reply.closed && ends === 'wait' ? ['closed'] : [])] };
}

/** Records of TLS or nothing: what is said in the clear is not for this port. */
function judgeNoTls({ bytes }: Reply): string[] {
  const type = bytes[0];
  if (type !== undefined && type !== 0x15 && type !== 0x16) throw new Error(`in the clear: ${bytes.subarray(0, 200)}`);
  return [type === undefined ? 'nothing said' : `a record of type ${type}`];
}
