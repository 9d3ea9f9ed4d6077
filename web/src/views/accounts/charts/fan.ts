/** Revisions of a figure by the date at which each value became known. What has no date, or no second value, draws no line. */
import type { Chart, FanStep } from '../../../core/accounts';
import { floatOf } from '../../../core/decimal';
import { vintageTime } from './scale';

export interface FanLine { method: string; year: number; steps: (FanStep & { time: number })[] }

export function fanLines(fan: Chart['fan']): FanLine[] {
  return fan.map(({ method, year, steps }) => ({
    method, year,
    steps: steps.flatMap((step) => {
      const time = vintageTime(step.vintage);
      return time === null ? [] : [{ ...step, time }];
    }).sort((a, b) => a.time - b.time),
  })).filter((line) => line.steps.length > 1);
}

/** Figures that the picture leaves to the table: without a date, or never revised. */
export function tableOnly(fan: Chart['fan']): number {
  const drawn = fanLines(fan).reduce((sum, line) => sum + line.steps.length, 0);
  return fan.reduce((sum, line) => sum + line.steps.length, 0) - drawn;
}

export interface Revision { method: string; year: number; then: FanStep; now: FanStep; time: number }
/** Of two following values the pair that differs most, as a part of the earlier one. */
export function largestRevision(fan: Chart['fan']): Revision | null {
  let found: Revision | null = null;
  let most = 0;
  for (const line of fanLines(fan)) {
    line.steps.forEach((now, i) => {
      const then = line.steps[i - 1];
      if (!then) return;
      const part = Math.abs(Math.log(floatOf(now.value) / floatOf(then.value)));
      if (!Number.isFinite(part) || part <= most) return;
      most = part;
      found = { method: line.method, year: line.year, then, now, time: (then.time + now.time) / 2 };
    });
  }
  return found;
}

export interface YearLabel { key: string; x: number; y: number }
/** A year over its line (or under it, where asked), else on the other side, else beside an end: wherever it touches no other year; left out where it would. */
export function placeYears(lines: readonly { key: string; under?: boolean; at: readonly { x: number; y: number }[] }[], box: { left: number; right: number; top: number; bottom: number }): YearLabel[] {
  const WIDE = 28, HIGH = 12;
  const placed: YearLabel[] = [];
  for (const { key, under, at } of lines) {
    const [from, to] = [at[0], at.at(-1)];
    if (!from || !to) continue;
    const x = (from.x + to.x) / 2;
    const [high, low] = [Math.min(...at.map((p) => p.y)), Math.max(...at.map((p) => p.y))];
    const sides = [{ x, y: high - 7 }, { x, y: low + 15 }];
    const spots = [...(under ? sides.reverse() : sides), { x: to.x + 20, y: to.y + 4 }, { x: from.x - 20, y: from.y + 4 }];
    const free = spots.find((s) => s.x - WIDE / 2 >= box.left && s.x + WIDE / 2 <= box.right && s.y - HIGH >= box.top && s.y <= box.bottom
      && placed.every((p) => Math.abs(p.x - s.x) >= WIDE || Math.abs(p.y - s.y) >= HIGH));
    if (free) placed.push({ key, ...free });
  }
  return placed;
}
