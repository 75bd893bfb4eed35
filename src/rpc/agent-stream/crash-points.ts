import { crashPoint } from '../../lib/crash-point.ts';
import type { OutboundFrame } from './frames.ts';

/** Around the frames that tell of something on disk: called before a frame is written, and when the next may be. */
export interface PointsAround {
  before(): void;
  after(): void;
}

const CRASH_POINTS: Readonly<Partial<Record<OutboundFrame['case'], PointsAround>>> = {
  sendResult: { before: crashPoint('stream.before-send-result'), after: crashPoint('stream.after-send-result') },
  delivery: { before: crashPoint('stream.before-delivery'), after: crashPoint('stream.after-delivery') },
  settleResult: { before: crashPoint('stream.before-settle-result'), after: crashPoint('stream.after-settle-result') },
  sessionEvent: { before: crashPoint('stream.before-session-event'), after: crashPoint('stream.after-session-event') },
};

/** The crash points around a frame; undefined for frames whose loss changes nothing. */
export function pointsAround(frame: OutboundFrame): PointsAround | undefined {
  return CRASH_POINTS[frame.case];
}
