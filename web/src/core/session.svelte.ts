/** Whose session this is and what that officer may do. The page hides what is absent here; the node refuses it. */
import { api, ApiFailure, onSessionEnd } from './api';
import type { Ability, Me } from './model';

class Session {
  me = $state.raw<Me | null>(null);
  /** unknown until the node has answered once. */
  state = $state<'unknown' | 'in' | 'out' | 'unreachable'>('unknown');
  /** The node ended a session that this page was using: the officer is told, and what was on screen goes. */
  ended = $state(false);

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
    try {
      this.me = await api.me();
      this.state = 'in';
      this.ended = false;
    } catch (cause) {
      this.me = null;
      this.state = cause instanceof ApiFailure && cause.status === 401 ? 'out' : 'unreachable';
    }
  }

  /** A one-time token from the sign-in link. Throws `ApiFailure` when the node refuses it. */
  async signIn(token: string): Promise<void> {
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
