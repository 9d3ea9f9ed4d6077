/** One question to the node and its newest answer. An older answer that comes late is dropped; a failure keeps the last. */
import { ApiFailure } from './api';

export class Asked<T> {
  value = $state.raw<T | null>(null);
  failure = $state.raw<ApiFailure | null>(null);
  busy = $state(false);
  #asked = 0;

  async ask(question: () => Promise<T>): Promise<T | null> {
    const asked = ++this.#asked;
    this.busy = true;
    try {
      const found = await question();
      if (asked !== this.#asked) return null;
      this.value = found;
      this.failure = null;
      return found;
    } catch (cause) {
      if (asked !== this.#asked || (cause instanceof DOMException && cause.name === 'AbortError')) return null;
      this.failure = cause instanceof ApiFailure ? cause : new ApiFailure(0, { error: 'unknown' });
      return null;
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Another thing is looked at: what was known of the one before no longer holds. */
  forget(): void {
    this.#asked += 1;
    this.value = null;
    this.failure = null;
    this.busy = false;
  }
}
