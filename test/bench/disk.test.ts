// Goal: nothing durable is measured in memory. Method: file systems that the test chooses.
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { chooseDisk } from '../../bench/disk.ts';

describe('the disk that is measured', () => {
  it('is the one that was named', () => {
    expect(chooseDisk('/data', () => 'xfs')).toEqual({ dir: '/data', filesystem: 'xfs' });
  });

  it('is that of temporary files otherwise, unless they are in memory', () => {
    expect(chooseDisk(undefined, () => 'ext2/ext3').dir).toBe(tmpdir());
    const inMemory = (dir: string) => (dir === tmpdir() ? 'tmpfs' : 'btrfs');
    expect(chooseDisk(undefined, inMemory)).toEqual({ dir: '.tmp', filesystem: 'btrfs' });
  });

  it('is refused when it was named and is memory', () => {
    expect(() => chooseDisk('/dev/shm', () => 'tmpfs')).toThrow('in memory');
  });
});
