import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';

/** The name of an enum's value as the JSON that agents write spells it: `timed_out`. */
export function lower<Word extends string>(name: string): Word {
  return name.toLowerCase() as Word;
}

/** RFC 3339; empty for a time that is not there. */
export function rfc3339(time: Timestamp | undefined): string {
  return time === undefined ? '' : timestampDate(time).toISOString();
}
