import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** WCAG 2.2 contrast from the colour tokens themselves: 4.5 for text, 3 for marks and control edges. */
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const TEXT = 4.5, MARK = 3;
const PAIRS: [string, string, number][] = [
  ['ink', 'panel', TEXT], ['ink-2', 'panel', TEXT], ['ink-2', 'sunk', TEXT], ['ink-2', 'sel', TEXT], ['ink', 'sel', TEXT], ['ink-2', 'sea', TEXT], ['ink', 'sea', TEXT],
  ['own', 'panel', TEXT], ['noais', 'panel', TEXT], ['lead', 'panel', TEXT], ['own', 'sunk', TEXT], ['noais', 'sunk', TEXT], ['lead', 'sunk', TEXT],
  ['ink', 'warn-bg', TEXT], ['ink', 'stop-bg', TEXT], ['ink', 'ok-bg', TEXT], ['lead', 'stop-bg', TEXT],
  ['ink-2', 'stop-bg', TEXT], ['ink-2', 'ok-bg', TEXT], ['ink-2', 'warn-bg', TEXT], ['own', 'ok-bg', TEXT], ['noais', 'warn-bg', TEXT], ['on-stop', 'lead', TEXT],
  ['series-1', 'panel', TEXT], ['series-2', 'panel', TEXT], ['series-3', 'panel', TEXT], ['ink-2', 'line', MARK],
  ['track', 'sea', MARK], ['own', 'sea', MARK], ['noais', 'sea', MARK], ['lead', 'sea', MARK], ['stale', 'sea', MARK], ['coast', 'sea', MARK], ['focus', 'sea', MARK],
  ['focus', 'panel', MARK], ['edge', 'panel', MARK], ['edge', 'sunk', MARK], ['track', 'panel', MARK], ['stale', 'panel', MARK],
  ['speed-0', 'sea', MARK], ['speed-1', 'sea', MARK], ['speed-2', 'sea', MARK], ['speed-3', 'sea', MARK], ['speed-4', 'sea', MARK],
];

function palette(name: string): Record<string, string> {
  const body = new RegExp(`\\[data-palette="${name}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return Object.fromEntries([...body.matchAll(/--([\w-]+):(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
}
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

it('measures black on white as 21', () => expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6));

describe.each(['day', 'dusk', 'night'])('%s', (name) => {
  const t = palette(name);
  it('has the same tokens as day', () => expect(Object.keys(t).sort()).toEqual(Object.keys(palette('day')).sort()));
  it.each(PAIRS)('%s on %s holds %f', (mark, ground, floor) => {
    expect(contrast(t[mark] ?? '', t[ground] ?? '')).toBeGreaterThanOrEqual(floor);
  });
});
