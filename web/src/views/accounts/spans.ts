/** A text cut at the places that were recognised in it. Places are bytes of its UTF-8; a page counts in UTF-16. */
import type { Span } from '../../core/accounts';

/** For each byte asked for, its index in the text; a byte inside a character gives that character's start. */
export function utf16Of(text: string, bytes: readonly number[]): Map<number, number> {
  const wanted = [...new Set(bytes)].sort((a, b) => a - b);
  const found = new Map<number, number>();
  let byte = 0, index = 0, next = 0;
  while (next < wanted.length) {
    const code = index < text.length ? (text.codePointAt(index) ?? 0) : null;
    const size = code === null ? Number.POSITIVE_INFINITY : code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    while (next < wanted.length && (wanted[next] ?? 0) < byte + size) {
      found.set(wanted[next] ?? 0, index);
      next += 1;
    }
    if (code === null) break;
    byte += size;
    index += code > 0xffff ? 2 : 1;
  }
  return found;
}

export interface Marked<K> { span: Span; of: K }
export interface Piece<K> { text: string; of: readonly K[] }

/** Pieces in the order of the text, each with all that was recognised over it: spans may lie within one another. */
export function pieces<K>(text: string, marks: readonly Marked<K>[]): Piece<K>[] {
  const sound = marks.filter(({ span }) => span.from >= 0 && span.to > span.from);
  const at = utf16Of(text, sound.flatMap(({ span }) => [span.from, span.to]));
  const placed = sound.map(({ span, of }) => ({ from: at.get(span.from) ?? 0, to: at.get(span.to) ?? text.length, of }));
  const cuts = [...new Set([0, text.length, ...placed.flatMap((one) => [one.from, one.to])])].sort((a, b) => a - b);
  const out: Piece<K>[] = [];
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [from, to] = [cuts[i] ?? 0, cuts[i + 1] ?? 0];
    out.push({ text: text.slice(from, to), of: placed.filter((one) => one.from <= from && one.to >= to).map((one) => one.of) });
  }
  return out.filter((piece) => piece.text !== '');
}

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
