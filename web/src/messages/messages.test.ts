import { describe, expect, it } from 'vitest';
import { en } from './en';
import { es } from './es';

type Leaf = { path: string; value: unknown };
function leaves(value: unknown, path = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}
const shape = (table: unknown): string[] => leaves(table).map((l) => `${l.path}:${typeof l.value}${typeof l.value === 'function' ? l.value.length : ''}`).sort();

describe('messages', () => {
  it('have the same keys and arguments in both languages', () => expect(shape(en)).toEqual(shape(es)));
  it.each([['es', es], ['en', en]])('%s leaves no text empty', (_, table) => {
    expect(leaves(table).filter((l) => typeof l.value === 'string' && l.value.trim() === '').map((l) => l.path)).toEqual([]);
  });
  it('claim what the log recorded and the gate counted, never that anything was prevented', () => {
    const said = [...leaves(es.exchange), ...leaves(en.exchange)].filter((l) => /prevent|impedid|impide|bytes|garantiz|guarante/i.test(String(l.value)));
    expect(said.map((l) => l.path)).toEqual([]);
  });
  // The help alone says the word, to say that the page never does.
  it('never call anyone guilty', () => {
    const said = [...leaves(es), ...leaves(en)].filter((l) => !l.path.startsWith('help.') && /culpable|guilty/i.test(String(l.value)));
    expect(said.map((l) => l.path)).toEqual([]);
  });
});
