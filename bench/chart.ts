import { describeScenario } from './describe-scenario.ts';
import type { Series } from './run-bench.ts';
import { spreadOf } from './spread.ts';

const WIDTH = 1_000;
const LABEL_WIDTH = 260;
const VALUE_WIDTH = 330;
const BAR_HEIGHT = 16;
const GAP = 6;
const TITLE_HEIGHT = 26;
const COLORS = ['#2563eb', '#d97706', '#059669', '#9333ea', '#dc2626', '#0891b2', '#65a30d', '#db2777', '#475569'];

/**
 * The rates of all series as an SVG: one group a scenario, one bar a server, a line from the least to the most of its turns,
 * and what each round costs the server.
 */
export function chartOf(series: readonly Series[], caption: string): string {
  const measured = series.filter(({ turns }) => turns.length > 0);
  const servers = [...new Set(measured.map(({ peer }) => peer.name))];
  const parts: string[] = [];
  let y = GAP;
  for (const line of caption.split('\n')) {
    y += BAR_HEIGHT;
    parts.push(text({ x: GAP, y, text: line, size: 11 }));
  }
  for (const name of new Set(measured.map(({ scenario }) => scenario.name))) {
    const group = measured.filter(({ scenario }) => scenario.name === name);
    y += TITLE_HEIGHT;
    const about = group[0] === undefined ? '' : describeScenario(group[0].scenario);
    parts.push(text({ x: GAP, y, text: `${name}, per second (${about})`, size: 13 }));
    y += GAP;
    const most = Math.max(...group.map(({ turns }) => spreadOf(turns.map(({ perSecond }) => perSecond)).max));
    for (const each of group) {
      parts.push(bar(each, { y, most, color: COLORS[servers.indexOf(each.peer.name) % COLORS.length] ?? '#000000' }));
      y += BAR_HEIGHT + GAP;
    }
  }
  const size = `width="${WIDTH}" height="${y + GAP}" viewBox="0 0 ${WIDTH} ${y + GAP}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function bar({ peer, turns }: Series, { y, most, color }: { y: number; most: number; color: string }): string {
  const { median, min, max } = spreadOf(turns.map(({ perSecond }) => perSecond));
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / most;
  const middle = y + BAR_HEIGHT / 2;
  const [from, to] = [LABEL_WIDTH + min * scale, LABEL_WIDTH + max * scale];
  const micros = spreadOf(turns.flatMap(({ serverMicros }) => serverMicros ?? [])).median;
  const cost = Number.isNaN(micros) ? '' : `, ${micros.toFixed(1)} us of the server each`;
  const range = `${thousands(median)} (${thousands(min)} – ${thousands(max)})${cost}`;
  return [
    text({ x: GAP, y: middle + 4, text: peer.name, size: 12 }),
    `<rect x="${LABEL_WIDTH}" y="${y}" width="${(median * scale).toFixed(1)}" height="${BAR_HEIGHT}" fill="${color}"/>`,
    `<line x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#000000"/>`,
    text({ x: Math.max(to, LABEL_WIDTH) + GAP, y: middle + 4, text: range, size: 11 }),
  ].join('\n');
}

function text({ x, y, text, size }: { x: number; y: number; text: string; size: number }): string {
  return `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" fill="#111111">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}
