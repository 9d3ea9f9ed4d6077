import { describe, expect, it } from 'vitest';
import { format, parse } from '../../core/url.svelte';
import { failureOf, takeToken } from './token';

describe('sign-in link', () => {
  it('takes the token and nothing else', () => {
    expect(takeToken('#signin=abc-_9')).toBe('abc-_9');
    expect(takeToken('#view=sea&lead=l1')).toBeNull();
    expect(takeToken('#signin=')).toBeNull();
    expect(takeToken('')).toBeNull();
  });

  it('the page\'s state never holds the token, so no link can carry it on', () => {
    const state = parse('#signin=SECRET');
    expect(state.view).toBe('signin');
    expect(format(state)).not.toContain('SECRET');
  });

  it('tells a used, an expired and an unknown link apart', () => {
    expect(failureOf('token_used')).toBe('used');
    expect(failureOf('token_expired')).toBe('expired');
    expect(failureOf('token_unknown')).toBe('unknown');
    expect(failureOf('network')).toBe('unreachable');
    expect(failureOf('internal')).toBe('other');
  });
});
