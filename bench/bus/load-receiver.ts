import { ackFrame } from './frames.ts';
import type { BusAddress } from './load-connection.ts';
import { type LoadStream, openLoadStream } from './load-stream.ts';

export interface LoadReceiverOptions extends BusAddress {
  readonly agentId: string;
  readonly maxInFlight: number;
  /** Most deliveries that one frame acknowledges. */
  readonly batch: number;
  /** Says whether the delivery is the first of its message; it is acknowledged in any case. */
  delivered(message: number, now: number): boolean;
  /** The acknowledgement of the message is on disk. */
  acknowledged(message: number, now: number): void;
}

/** A stream, and how many of its acknowledgements are not confirmed yet. */
export interface LoadReceiver extends LoadStream {
  readonly acknowledging: number;
}

/** An agent that acknowledges whatever it is given, as soon as it has read all that came in one turn of the event loop. */
export function openLoadReceiver(options: LoadReceiverOptions): LoadReceiver {
  const { agentId, maxInFlight, batch, delivered, acknowledged } = options;
  /** Messages by the delivery that was acknowledged. */
  const acknowledging = new Map<string, number>();
  let idFields: Buffer[] = [];

  function flush(): void {
    for (let at = 0; at < idFields.length; at += batch) stream.write(ackFrame(idFields.slice(at, at + batch)));
    idFields = [];
  }

  const stream = openLoadStream({
    ...options,
    agentId,
    maxInFlight,
    listener: {
      delivery(message, idField) {
        const isFirst = delivered(message, performance.now());
        // Ids have at most 64 bytes: their tag and their length are one byte each.
        if (isFirst) acknowledging.set(idField.toString('latin1', 2), message);
        if (idFields.length === 0) setImmediate(flush);
        idFields.push(idField);
      },
      settled(deliveryId) {
        const message = acknowledging.get(deliveryId);
        if (message === undefined) return;
        acknowledging.delete(deliveryId);
        acknowledged(message, performance.now());
      },
    },
  });
  return {
    ...stream,
    get acknowledging() {
      return acknowledging.size;
    },
  };
}
