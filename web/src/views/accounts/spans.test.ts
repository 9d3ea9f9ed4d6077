import { describe, expect, it } from 'vitest';
import { bytesOf, pieces, utf16Of } from './spans';

const at = (text: string, word: string): { from: number; to: number } => {
  const from = bytesOf(text.slice(0, text.indexOf(word)));
  return { from, to: from + bytesOf(word) };
};

describe('spans are bytes of UTF-8', () => {
  const text = 'Año 2024: «848,5 toneladas» 🚢 más de 262.000 hectáreas';
  it('cut out the very words, after accents, quotes and a character outside the first plane', () => {
    for (const word of ['2024', '848,5 toneladas', 'más de 262.000 hectáreas']) {
      const cut = pieces(text, [{ span: at(text, word), of: 'q' }]);
      expect(cut.filter((p) => p.of.length > 0).map((p) => p.text)).toEqual([word]);
      expect(cut.map((p) => p.text).join('')).toBe(text);
    }
  });
  it('lie within one another', () => {
    const cut = pieces(text, [{ span: at(text, '«848,5 toneladas»'), of: 'claim' }, { span: at(text, '848,5 toneladas'), of: 'quantity' }]);
    expect(cut.filter((p) => p.of.length > 0)).toEqual([{ text: '«', of: ['claim'] }, { text: '848,5 toneladas', of: ['claim', 'quantity'] }, { text: '»', of: ['claim'] }]);
  });
  it('that end past the text or are turned round lose nothing of it', () => {
    for (const span of [{ from: 2, to: 9999 }, { from: 9, to: 3 }, { from: -1, to: 4 }, { from: 5000, to: 6000 }]) {
      expect(pieces(text, [{ span, of: 1 }]).map((p) => p.text).join('')).toBe(text);
    }
  });
  it('inside a character mean its start', () => expect(utf16Of('ñx', [0, 1, 2, 3])).toEqual(new Map([[0, 0], [1, 0], [2, 1], [3, 2]])));
  it('need one walk, however many there are', () => {
    const long = 'á'.repeat(20_000);
    const marks = Array.from({ length: 500 }, (_, i) => ({ span: { from: i * 80, to: i * 80 + 40 }, of: i }));
    const cut = pieces(long, marks);
    expect(cut.filter((p) => p.of.length === 1)).toHaveLength(500);
    expect(cut.map((p) => p.text).join('')).toBe(long);
  });
});
