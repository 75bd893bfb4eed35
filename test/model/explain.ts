import type { Action, Outcome } from './reference/actions.ts';
import { areStreamsServed, obey, takeByStream } from './reference/obey.ts';
import { ownDeeds } from './reference/tasks.ts';
import type { Said, World } from './reference/world.ts';
import type { Seen } from './system.ts';

/** An action with what came of it. */
export interface Done {
  readonly action: Action;
  readonly outcome: Outcome;
}

/** Steps that a search may take before it gives up: far more than any run needs that can be explained. */
const MAX_STEPS = 3_000;

/**
 * Looks for an order of what was asked for, of what the bus had to do by itself and of what its streams took, in which the
 * model brings about exactly what was seen, and nothing is left that the bus owes. Gives the world after it; undefined if
 * there is no such order.
 */
export function explain(world: World, done: readonly Done[], seen: readonly Seen[]): World | undefined {
  let steps = 0;
  // With other things at once, what they make due has its turn at the next look.
  const timePassed = done.length === 1 && done[0]?.action.does === 'wait';

  function search(at: World, open: readonly Done[], from: number): World | undefined {
    if (++steps > MAX_STEPS) return undefined;
    const next = seen[from];
    const ways: ((world: World) => { open: readonly Done[]; said: Said[] | undefined; taken: number })[] = [];
    if (next !== undefined && 'stream' in next) {
      const { stream, delivery } = next;
      ways.push((w) => ({ open, said: takeByStream(w, stream, delivery), taken: 1 }));
    }
    let owes = false;
    for (const deed of ownDeeds(at)) {
      owes ||= deed.must === 'now' || (deed.must === 'in time' && timePassed);
      if (deed.first !== '' && (next === undefined || 'stream' in next || next.text !== deed.first)) continue;
      if (next !== undefined && 'stream' in next) continue;
      if (next !== undefined) ways.push((w) => ({ open, said: deed.run(w), taken: 0 }));
    }
    for (const one of open) {
      ways.push((w) => ({
        open: open.filter((other) => other !== one),
        said: obey(w, one.action, one.outcome),
        taken: 0,
      }));
    }
    // Of two orders that show the same, one may leave mail waiting that the other has given to a stream.
    if (open.length === 0 && next === undefined) return owes || !areStreamsServed(at) ? undefined : at;
    for (const [index, way] of ways.entries()) {
      const mine = index === ways.length - 1 ? at : structuredClone(at);
      const { said, open: left, taken } = way(mine);
      if (said === undefined || !fits(said, seen, { from: from + taken, at: mine.now })) continue;
      const found = search(mine, left, from + taken + said.length);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return search(world, done, 0);
}

/** Whether what the model says is what was seen next, at that moment. */
function fits(said: readonly Said[], seen: readonly Seen[], { from, at }: { from: number; at: number }): boolean {
  return said.every(({ session, text, begins }, index) => {
    const found = seen[from + index];
    if (found === undefined || 'stream' in found) return false;
    if (found.session !== session || found.text !== text || found.at !== at) return false;
    if ((begins === undefined) !== (found.begins === undefined)) return false;
    if (begins === undefined || found.begins === undefined) return true;
    if (found.begins < begins.from || found.begins > begins.to) return false;
    begins.take(found.begins);
    return true;
  });
}
