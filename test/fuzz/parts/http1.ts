import fc from 'fast-check';
import { requireService } from '../bus/round-trip.ts';
import { type Http1Request, http1Request } from '../raw/http1-requests.ts';
import { sliced } from '../raw/sliced.ts';
import { talk } from '../raw/talk.ts';
import type { Part, PartOptions } from './part.ts';

const exchange = fc.record(
  {
    request: http1Request,
    /** Bytes that are written at a time. */
    slice: fc.constantFrom(100_000, 100_000, 1_000, 7, 1),
    ends: fc.constantFrom('half' as const, 'wait' as const, 'wait' as const, 'reset' as const),
    over: fc.constantFrom('plain' as const, 'plain' as const, 'tls' as const, 'plain text to tls' as const),
  },
  { noNullPrototype: true },
);

/** Requests of HTTP/1.1 on sockets, several connections at a time. */
export function createHttp1Part({ bus, tlsBus, counts }: PartOptions): Part {
  const property = fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 6 }), async (exchanges) => {
    await Promise.all(
      exchanges.map(async ({ request, slice, ends, over }) => {
        const target = over === 'plain' || tlsBus === undefined ? bus : tlsBus;
        const secure = over === 'tls' && tlsBus !== undefined;
        const { bytes } = await talk(target, {
          secure,
          chunks: sliced(Buffer.from(request.text, 'latin1'), slice),
          ends,
        });
        for (const status of judgeReplies(request, bytes.toString('latin1'))) counts.add(`HTTP/1.1 ${status}`);
      }),
    );
    for (const one of [bus, tlsBus]) one?.requireHealthy();
    await requireService(bus);
  });
  return { name: 'http1', property };
}

/** The statuses that were answered. Throws if one is a fault, or if a second request was found in a body. */
function judgeReplies({ text, isAmbiguous }: Http1Request, replies: string): number[] {
  const statuses = [...replies.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  const fault = statuses.find((status) => status >= 500 && ![501, 503, 505].includes(status));
  if (fault !== undefined)
    throw new Error(`status ${fault} for ${JSON.stringify(text.slice(0, 300))}\n${replies.slice(0, 600)}`);
  if (isAmbiguous && replies.includes('/smuggled')) {
    throw new Error(
      `a request in a body was answered: ${JSON.stringify(text.slice(0, 300))}\n${replies.slice(0, 600)}`,
    );
  }
  return statuses;
}
