import { describe, expect, it } from 'vitest';
import { formatDecimal, formatShortDecimal, roundDecimal, signOf } from './decimal';

describe('exact decimals', () => {
  it('are grouped by language, every digit kept', () => {
    expect(formatDecimal('es', '163290.02')).toBe('163.290,02');
    expect(formatDecimal('en', '163290.02')).toBe('163,290.02');
    expect(formatDecimal('en', '1379')).toBe('1,379');
    expect(formatDecimal('es', '-52.3123')).toBe('−52,3123');
    expect(formatDecimal('es', '14000000000')).toBe('14.000.000.000');
  });
  it('beyond the reach of a float stay as they are', () => {
    expect(formatDecimal('en', '90071992547409931.000000000000000001')).toBe('90,071,992,547,409,931.000000000000000001');
    expect(formatDecimal('en', '0.1', { always: 20 })).toBe('0.10000000000000000000');
  });
  it('are rounded by their digits, half away from zero, where a float would slip', () => {
    expect(roundDecimal('1.005', 2)).toBe('1.01');
    expect(roundDecimal('-2.5', 0)).toBe('-3');
    expect(roundDecimal('999.96', 1)).toBe('1000.0');
    expect(roundDecimal('-0.04', 1)).toBe('0.0');
    expect(roundDecimal('8.345', 2)).toBe('8.35');
    expect(roundDecimal('nada', 2)).toBeNull();
  });
  it('show a sign where asked, and zero has none', () => {
    expect(formatDecimal('en', '15', { signed: true })).toBe('+15');
    expect(formatDecimal('en', '-0.00', { signed: true, always: 1 })).toBe('0.0');
    expect(formatDecimal('en', '104.00134', { most: 1 })).toBe('104');
    expect([signOf('-0.0'), signOf('-3'), signOf('0.2')]).toEqual([0, -1, 1]);
  });
  it('missing is a dot; what is no number is shown as it came', () => {
    expect(formatDecimal('es', null)).toBe('·');
    expect(formatDecimal('es', '1e5')).toBe('1e5');
  });
  it('are short in tables', () => {
    expect(['163290.02', '52.3119', '5.6', '0.0949', '-0.25'].map((n) => formatShortDecimal('es', n))).toEqual(['163.290', '52,3', '5,6', '0,0949', '−0,25']);
  });
});
