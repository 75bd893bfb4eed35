/** Well-behaved agents in a process of their own, so that what an attacker costs itself is not charged to them. Speaks with its parent. */
import { type LoopFigures, type LoopLedger, type OpenLoopOptions, startOpenLoop } from './open-loop.ts';

export type LoopOrder =
  | { readonly do: 'count' }
  | { readonly do: 'look' }
  | { readonly do: 'stop'; readonly limitMs: number };
export type LoopNews =
  | { readonly is: 'ready' }
  | { readonly is: 'handled'; readonly messages: number }
  | { readonly is: 'figures'; readonly figures: LoopFigures }
  | { readonly is: 'ledger'; readonly ledger: LoopLedger };

const options = JSON.parse(process.argv[2] ?? '{}') as OpenLoopOptions;
const tell = (news: LoopNews) => process.send?.(news);
const loop = await startOpenLoop(options);
process.on('message', (order: LoopOrder) => {
  if (order.do === 'count') tell({ is: 'handled', messages: loop.handled });
  else if (order.do === 'look') tell({ is: 'figures', figures: loop.look() });
  else
    void loop.stop(order.limitMs).then((ledger) => {
      tell({ is: 'ledger', ledger });
      process.disconnect();
    });
});
// A parent that is gone wants no more load.
process.on('disconnect', () => process.exit());
tell({ is: 'ready' });
