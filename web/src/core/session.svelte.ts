/** Whose session this is and what that officer may do. The page hides what is absent here; the node refuses it. */
import { api, ApiFailure } from './api';
import type { Ability, Me } from './model';

class Session {
  me = $state.raw<Me | null>(null);
  /** unknown until the node has answered once. */
  state = $state<'unknown' | 'in' | 'out' | 'unreachable'>('unknown');

  can(ability: Ability): boolean {
    return this.me?.may.includes(ability) ?? false;
  }

  async load(): Promise<void> {
    try {
      this.me = await api.me();
      this.state = 'in';
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
  }
}
export const session = new Session();
