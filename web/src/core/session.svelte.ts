/** Whose session this is and what that officer may do. The page hides what is absent here; the node refuses it. */
import { api, ApiFailure, onSessionEnd } from './api';
import type { Ability, Me } from './model';

class Session {
  me = $state.raw<Me | null>(null);
  /** unknown until the node has answered once. */
  state = $state<'unknown' | 'in' | 'out' | 'unreachable'>('unknown');
  /** The node ended a session that this page was using: the officer is told, and what was on screen goes. */
  ended = $state(false);
  /** Only the answer to the last question counts. */
  #asked = 0;

  constructor() {
    onSessionEnd(() => {
      if (this.state !== 'in') return;
      this.me = null;
      this.state = 'out';
      this.ended = true;
    });
  }

  can(ability: Ability): boolean {
    return this.me?.may.includes(ability) ?? false;
  }

  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const me = await api.me();
      if (asked !== this.#asked) return;
      this.me = me;
      this.state = 'in';
      this.ended = false;
    } catch (cause) {
      if (asked !== this.#asked) return;
      this.me = null;
      this.state = cause instanceof ApiFailure && cause.status === 401 ? 'out' : 'unreachable';
    }
  }

  /** A one-time token from the sign-in link. Throws `ApiFailure` when the node refuses it. */
  async signIn(token: string): Promise<void> {
    // Who one was before the token counts no more, even if that answer comes last.
    this.#asked += 1;
    await api.signIn(token);
    await this.load();
  }

  async signOut(): Promise<void> {
    await api.signOut();
    this.me = null;
    this.state = 'out';
    this.ended = false;
  }
}
export const session = new Session();
