/**
 * The inclusion path of one leaf as a drawing: the leaf at the left, the root at the right, one column a step, left
 * siblings above and right ones below. Every mark is one hash of the proof; nothing is there for the look of it.
 */

export type Side = 'left' | 'right';

/** RFC 9162 2.1.3.2 without the hashing: on which side each sibling of the path stands; null for a place outside. */
export function sides(index: number, size: number): Side[] | null {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return null;
  const found: Side[] = [];
  let fn = index;
  let sn = size - 1;
  while (sn > 0) {
    const left = fn % 2 === 1 || fn === sn;
    found.push(left ? 'left' : 'right');
    if (left) {
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return found;
}

export interface Point { x: number; y: number }
export interface PathDrawing { width: number; height: number; box: number; own: Point[]; siblings: Point[] }

const BOX = 8;
const HEIGHT = 62;
/** Room for the words under the first and the last mark. */
const EDGE = 16;

/** As wide as `width` allows; a long path moves closer together, and its marks become smaller before they touch. */
export function drawPath(path: readonly Side[], width: number): PathDrawing {
  const step = path.length === 0 ? 0 : Math.min(34, (width - 2 * EDGE) / path.length);
  const box = Math.min(BOX, Math.max(4, step - 3));
  const middle = HEIGHT / 2 - 5;
  const own = Array.from({ length: path.length + 1 }, (_, i) => ({ x: EDGE + i * step, y: middle }));
  const siblings = path.map((side, i) => ({ x: EDGE + i * step, y: middle + (side === 'left' ? -16 : 16) }));
  return { width: 2 * EDGE + path.length * step, height: HEIGHT, box, own, siblings };
}
