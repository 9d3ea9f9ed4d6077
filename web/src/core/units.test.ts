import { describe, expect, it } from 'vitest';
import {
  formatBearing, formatDistanceM, formatMmsi, formatNumber, formatPosition, formatSigned, formatSpeed, parsePosition, UNKNOWN,
} from './units';

describe('positions', () => {
  // 9° 48.09' = 9.8015°, 77° 38.88' = 77.648°: worked by hand.
  const at = { lat: 9.8015, lon: -77.648 };
  it('writes degrees and decimal minutes by default', () => expect(formatPosition(at)).toBe('09°48.09′N 077°38.88′W'));
  it('writes degrees, minutes, seconds', () => expect(formatPosition(at, 'dms')).toBe('09°48′05″N 077°38′53″W'));
  it('writes decimal degrees with a point in any language', () => expect(formatPosition(at, 'dec')).toBe('9.80150 -77.64800'));
  it('carries a rounded minute into the degree', () => expect(formatPosition({ lat: 9.999999, lon: 179.999999 })).toBe('10°00.00′N 180°00.00′E'));
  it('carries rounded seconds', () => expect(formatPosition({ lat: -0.99999, lon: 0 }, 'dms')).toBe('01°00′00″S 000°00′00″E'));
  it('shows a dot for no position', () => expect(formatPosition(null)).toBe(UNKNOWN));

  const near = (text: string, lat: number, lon: number): void => {
    const p = parsePosition(text);
    expect(p?.lat).toBeCloseTo(lat, 3);
    expect(p?.lon).toBeCloseTo(lon, 3);
  };
  it('reads its own three ways back', () => {
    for (const format of ['dmm', 'dms', 'dec'] as const) near(formatPosition(at, format), at.lat, at.lon);
  });
  it('reads what people type', () => {
    near("9 48.09 N 77 38.88 W", 9.8015, -77.648);
    near("9°48,09'N, 077°38,88'O", 9.8015, -77.648);
    near('N 9 48 05 W 77 38 53', 9.8014, -77.648);
    near('-33.5, 151.25', -33.5, 151.25);
    near('9,8015 -77,648', 9.8015, -77.648);
    near('-0 30 10 0', -0.5, 10);
  });
  it('never guesses', () => {
    for (const bad of ['', 'abc', '91 0', '0 181', '9 61 N 77 10 W', '9.5 30 N 77 10 W', '9 N 77', '9 48 09', 'W 77 N 9', '-9 S 77 W', '1 2 3 4 5'])
      expect(parsePosition(bad), bad).toBeNull();
  });
});

describe('numbers', () => {
  it('uses the decimal mark of the language in prose', () => {
    expect(formatSpeed('es', 13.24)).toBe('13,2 kn');
    expect(formatSpeed('en', 13.24)).toBe('13.2 kn');
  });
  it('never shows a missing value as zero', () => {
    expect(formatSpeed('es', null)).toBe(UNKNOWN);
    expect(formatNumber('en', Number.NaN)).toBe(UNKNOWN);
    expect(formatBearing(null)).toBe(UNKNOWN);
  });
  it('signs contributions', () => {
    expect(formatSigned('es', 2.6)).toBe('+2,6');
    expect(formatSigned('es', -0.3)).toBe('−0,3');
    expect(formatSigned('en', -0.02)).toBe('0.0');
  });
  it('gives bearings three figures and wraps', () => {
    expect(formatBearing(8.4)).toBe('008°T');
    expect(formatBearing(359.7)).toBe('000°T');
  });
  it('changes from metres to miles at one mile', () => {
    expect(formatDistanceM('es', 180)).toBe('180 m');
    expect(formatDistanceM('es', 1852)).toBe('1,0 NM');
    expect(formatDistanceM('en', 151_000)).toBe('82 NM');
  });
  it('groups an MMSI in threes and keeps leading zeros', () => {
    expect(formatMmsi(299107919)).toBe('299 107 919');
    expect(formatMmsi(2990001)).toBe('002 990 001');
  });
});
