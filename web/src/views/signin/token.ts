/** The one-time token of a sign-in link, and what the node's refusal means. Never stores the token. */

export type Failure = 'used' | 'expired' | 'unknown' | 'unreachable' | 'other';

/** The token of `#signin=TOKEN`; null when the fragment holds none. */
export function takeToken(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#\/?/, '')).get('signin') || null;
}

export function failureOf(code: string): Failure {
  if (code === 'network' || code === 'unavailable') return 'unreachable';
  if (/used/.test(code)) return 'used';
  if (/expired/.test(code)) return 'expired';
  if (/unknown|invalid|unauthorized|not_found|bad_request/.test(code)) return 'unknown';
  return 'other';
}
