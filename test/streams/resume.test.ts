import { expect, it } from 'vitest';
import { runResumes } from './resume/run-resumes.ts';

// Goal: clients whose connections break at random bytes lose nothing: no gap, no reordering within sender, recipient and
// priority, duplicates only of what was not confirmed, each of them marked, and no event of a followed session twice or never.
// Method: three senders and three receivers on a bus in a process of its own, whose connections break at bytes that a seed
// chooses; a ledger of all that they see. `npm run streams -- --resumes 1000 --seed 7` is the long form.

it('a hundred reconnects at random bytes lose, repeat and reorder nothing', { timeout: 120_000 }, async () => {
  const { violations, ...counts } = await runResumes({ resumes: 100, seed: 7 });
  expect(violations).toEqual([]);
  expect(counts.resumes).toBeGreaterThanOrEqual(100);
  // A run in which nothing was in doubt has shown nothing.
  expect(counts.duplicates).toBeGreaterThan(0);
  expect(counts.answeredAsDuplicate).toBeGreaterThan(0);
});
