// Goal: the load of several processes begins together and is added up, and one that fails fails the turn.
// Method: small programs that speak the lines, in processes of their own.
import { describe, expect, it } from 'vitest';
import { runLoad } from '../../bench/load-process.ts';
import type { LoadResult } from '../../bench/peer.ts';

const result = (sent: number): LoadResult => ({
  seconds: 2,
  rounds: 10 * sent,
  counts: { sent, accepted: sent, due: sent, delivered: sent, acknowledged: sent },
  latencies: { round: [[sent, 1]] },
  loadCpuMicros: 5,
});
/** A process that says these things once it was told to go. */
const saying = (...lines: readonly string[]) => [
  process.execPath,
  '-e',
  `console.log('{"is":"ready"}'); process.stdin.once('data', () => { console.log(process.argv.slice(1).join('\\n')); process.exit(); });`,
  ...lines,
];
const whole = (sent: number) =>
  saying('{"is":"began"}', '{"is":"ended"}', JSON.stringify({ is: 'result', result: result(sent) }));

function run(...commands: readonly (readonly string[])[]) {
  const told: string[] = [];
  const turn = { warmUpSeconds: 0, seconds: 0, began: () => told.push('began'), ended: () => told.push('ended') };
  return { told, sum: runLoad({ commands, cores: undefined, turn }) };
}

describe('the processes of a load', () => {
  it('are added up', async () => {
    const { told, sum } = run(whole(1), whole(2), whole(3));
    expect(await sum).toEqual({
      seconds: 2,
      rounds: 60,
      counts: { sent: 6, accepted: 6, due: 6, delivered: 6, acknowledged: 6 },
      latencies: {
        round: [
          [1, 1],
          [2, 1],
          [3, 1],
        ],
      },
      loadCpuMicros: 15,
    });
    expect(told).toEqual(['began', 'ended']);
  });

  it('fail together when one ends before its result', async () => {
    await expect(run(whole(1), saying('{"is":"began"}')).sum).rejects.toThrow('ended with 0');
  });

  it('fail with what the one that failed wrote', async () => {
    const broken = [process.execPath, '-e', 'throw new Error("no bus there")'];
    await expect(run(broken).sum).rejects.toThrow('no bus there');
  });

  it('fail when one says what nobody understands', async () => {
    await expect(run(saying('hello')).sum).rejects.toThrow('says hello');
  });
});
