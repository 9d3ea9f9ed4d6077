import { describe, expect, it } from 'vitest';
import { formatClock, formatClockMs, formatDate, formatDtg, formatInstant, formatShort, formatSpan, parseInstant } from './time';

const AT = Date.UTC(2026, 10, 21, 16, 0, 9);

describe('instants', () => {
  it('writes UTC', () => {
    expect(formatInstant(AT)).toBe('2026-11-21 16:00:09Z');
    expect(formatInstant('2026-11-21T11:00:09-05:00')).toBe('2026-11-21 16:00:09Z');
    expect(formatDate(AT) + formatClock(AT)).toBe('2026-11-2116:00:09Z');
  });
  it('writes the date-time group', () => expect(formatDtg(AT)).toBe('211600ZNOV26'));
  it('names the day only when it is another', () => {
    expect(formatShort(AT, AT + 3_600_000)).toBe('16:00Z');
    expect(formatShort(AT, AT + 86_400_000)).toBe('21 16:00Z');
  });
  it('shows a dot for what is not known', () => {
    expect(formatInstant(null)).toBe('·');
    expect(formatInstant('nonsense')).toBe('·');
  });
  it('reads what it writes', () => {
    expect(parseInstant(formatInstant(AT))).toBe(AT);
    expect(parseInstant(formatDtg(AT))).toBe(AT - 9000);
    expect(parseInstant('2026-11-21T11:00:09-05:00')).toBe(AT);
    expect(parseInstant('2026-11-21 16:00')).toBe(AT - 9000);
  });
  it('refuses dates that do not exist', () => {
    for (const bad of ['2026-02-30 10:00', '2026-11-21 24:01', '311600ZNOV26', '211600XNOV26', '211600ZFOO26', '', 'now']) expect(parseInstant(bad), bad).toBeNull();
  });
});

describe('spans', () => {
  it('keeps the two largest units', () => {
    expect(formatSpan(2000)).toBe('2 s');
    expect(formatSpan(48 * 60_000)).toBe('48 min');
    expect(formatSpan((6 * 60 + 57) * 60_000)).toBe('6 h 57 min');
    expect(formatSpan(76 * 3_600_000)).toBe('3 d 4 h');
    expect(formatSpan(Number.NaN)).toBe('·');
  });
});

it('keeps the thousandths where the order within a second matters', () => {
  expect(formatClockMs('2026-11-21T16:02:11.412Z')).toBe('16:02:11.412Z');
  expect(formatClockMs(null)).toBe('·');
});
