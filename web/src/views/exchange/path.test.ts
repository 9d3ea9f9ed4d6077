import { describe, expect, it } from 'vitest';
import { climb, leafHash, type Bytes } from '../logentry/merkle';
import { drawPath, sides } from './path';

describe('the path that is drawn', () => {
  it('turns where the verified path turns, for every leaf of every tree up to 70', async () => {
    const leaf = await leafHash(new Uint8Array());
    for (let size = 1; size <= 70; size++) {
      for (const index of new Set([0, 1, size >> 1, size - 2, size - 1])) {
        if (index < 0 || index >= size) continue;
        const drawn = sides(index, size)!;
        const steps = await climb(leaf, index, size, drawn.map(() => leaf as Bytes));
        expect(steps?.map((s) => s.side)).toEqual(drawn);
      }
    }
  });
  it('is none for a place outside the tree', () => {
    for (const [index, size] of [[8, 8], [-1, 8], [0, 0], [0.5, 2], [Number.NaN, 2]] as const) expect(sides(index, size)).toBeNull();
  });
  it('keeps to its width, and its marks apart, for a log of four thousand million leaves', () => {
    const path = sides(2 ** 31 - 1, 2 ** 32)!;
    expect(path).toHaveLength(32);
    const d = drawPath(path, 366);
    expect(d.width).toBeLessThanOrEqual(366);
    const step = d.own[1]!.x - d.own[0]!.x;
    expect(step).toBeGreaterThan(d.box);
    expect(d.own).toHaveLength(33);
  });
  it('puts left siblings above and right ones below their own mark', () => {
    const d = drawPath(['left', 'right'], 366);
    expect(d.siblings[0]!.y).toBeLessThan(d.own[0]!.y);
    expect(d.siblings[1]!.y).toBeGreaterThan(d.own[1]!.y);
    expect(d.siblings.map((p) => p.x)).toEqual(d.own.slice(0, 2).map((p) => p.x));
  });
  it('a single leaf is its own root', () => expect(drawPath(sides(0, 1)!, 366)).toMatchObject({ own: [{ x: 16 }], siblings: [] }));
});
