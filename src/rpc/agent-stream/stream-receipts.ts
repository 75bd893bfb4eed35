import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type Receipt, ReceiptSchema } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { ReceiptNews, Receipts } from '../../bus/message/receipts.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { Outbound } from './outbound.ts';

export interface StreamReceiptsOptions {
  readonly receipts: Pick<Receipts, 'subscribe'>;
  /** The agent of the stream: it hears of the messages that it sent, on whichever stream. */
  readonly agentId: string;
  readonly outbound: Outbound;
}

/**
 * Receipts give way to everything else on a stream: few of them wait in its queue at a time, none while the queue is
 * full, and those that are kept back meanwhile shrink to the newest state of each copy of a message. Beyond a bound
 * they are dropped, because the sender can ask for what it missed.
 */
export function startStreamReceipts({ receipts, agentId, outbound }: StreamReceiptsOptions): { stop(): void } {
  /** What is kept back, by message and recipient, oldest news first. */
  const kept = new Map<string, ReceiptNews>();
  let queued = 0;
  let waitsForRoom = false;

  const flush = (): void => {
    if (outbound.ended) kept.clear();
    for (const [key, news] of kept) {
      if (queued >= STREAM_LIMITS.maxQueuedReceipts || !outbound.hasRoom) break;
      kept.delete(key);
      push(news);
    }
    // Those in the queue bring this back when they are taken; without any, room does.
    if (kept.size > 0 && queued === 0) waitForRoom();
  };
  const push = (news: ReceiptNews): void => {
    queued++;
    outbound.push({ case: 'receipt', value: receiptOf(news) }, () => {
      queued--;
      flush();
    });
  };
  const waitForRoom = (): void => {
    if (waitsForRoom) return;
    waitsForRoom = true;
    void outbound.room().then(() => {
      waitsForRoom = false;
      flush();
    });
  };
  const take = (news: ReceiptNews): boolean => {
    // A stream that is over tells nobody anything: nothing is lost by it.
    if (outbound.ended) return true;
    const key = `${news.recipient} ${news.messageId}`;
    const isKept = kept.delete(key);
    if (!isKept && kept.size >= STREAM_LIMITS.maxKeptReceipts) return false;
    kept.set(key, news);
    flush();
    return true;
  };
  const unsubscribe = receipts.subscribe(agentId, take);
  return {
    stop() {
      unsubscribe();
      kept.clear();
    },
  };
}

function receiptOf({ messageId, recipient, state, time, attempt, reason }: ReceiptNews): Receipt {
  return create(ReceiptSchema, { messageId, recipient, state, time: timestampFromMs(time), attempt, reason });
}
