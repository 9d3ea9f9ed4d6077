import { describe, expect, it } from 'vitest';
import { readForm, type Form } from './request';
import { cut } from './sheet';

const form = (over: Partial<Form> = {}): Form =>
  ({ what: 'watchlog', format: 'sheet', purpose: 'Relevo', from: '', to: '', mmsi: '', lead: null, ...over });

describe('an export', () => {
  it('never leaves without a purpose', () => {
    expect(readForm(form({ purpose: '  ' }), 'es')).toEqual({ faults: ['needPurpose'] });
  });

  it('takes a period in UTC', () => {
    const found = readForm(form({ from: '2026-03-14 04:00Z', to: '140800ZMAR26' }), 'en');
    expect(found).toMatchObject({ body: { from: '2026-03-14T04:00:00.000Z', to: '2026-03-14T08:00:00.000Z', lang: 'en', mmsi: null } });
  });

  it('names each fault, not only the first', () => {
    expect(readForm(form({ purpose: '', from: 'ayer', what: 'track', format: 'csv' }), 'es')).toEqual({ faults: ['needPurpose', 'badTime', 'badMmsi'] });
    expect(readForm(form({ from: '2026-03-14 08:00Z', to: '2026-03-14 04:00Z' }), 'es')).toEqual({ faults: ['badOrder'] });
  });
});

describe('the sheet', () => {
  it('reads forward and leaves sessions out', () => {
    const entry = (id: string, at: string, kind: string): never => ({ id, at, kind, recorded: at, numbers: {} }) as never;
    const sheet = cut({
      export: 'f', leaf: 4, leads: [], checkpoint: 'not a note',
      entries: [entry('b', '2026-03-14T05:00:00Z', 'note'), entry('s', '2026-03-14T04:30:00Z', 'sign_in'), entry('a', '2026-03-14T04:00:00Z', 'note')],
    });
    expect(sheet.notes.map((n) => n.id)).toEqual(['a', 'b']);
    expect([...sheet.seen, ...sheet.decisions]).toEqual([]);
    expect(sheet.root).toBeNull();
  });
});
