/**
 * Which instant the page shows: the newest (live), a held one (paused) or a moving one in the past (playing). The
 * choice is in the URL; the moving hand is here.
 */
import { picture } from './picture.svelte';
import { url } from './url.svelte';

export const SPEEDS: readonly number[] = [1, 10, 60, 600];
export const WINDOWS: readonly number[] = [6, 12, 24];
const TICK_MS = 250;

export type TimeMode = 'live' | 'paused' | 'playing';

class TimeLine {
  #hand = $state<number | null>(null);
  #timer: ReturnType<typeof setInterval> | undefined;

  get mode(): TimeMode {
    if (url.s.t === null) return 'live';
    return url.s.play > 0 ? 'playing' : 'paused';
  }
  /** The instant on screen. */
  get at(): number {
    return this.mode === 'live' ? picture.now : (this.#hand ?? url.s.t ?? picture.now);
  }
  get windowMs(): number { return url.s.win * 3_600_000; }
  /** Left edge of the time bar: the last sixth of it lies ahead of now, so that coming hours have a place. */
  get from(): number { return this.to - this.windowMs; }
  get to(): number {
    // Steps of five minutes: the bar slides, it does not crawl.
    const step = 300_000;
    return Math.ceil(picture.now / step) * step + this.windowMs / 24;
  }

  live(): void {
    this.#halt();
    url.set({ t: null, play: 0 });
  }
  pause(): void {
    const at = this.at;
    this.#halt();
    this.#hand = at;
    url.set({ t: at, play: 0 });
  }
  /** Goes to an instant; keeps playing if it was. Never beyond now. */
  seek(at: number): void {
    const bounded = Math.min(at, picture.now);
    this.#hand = bounded;
    url.set({ t: bounded });
  }
  step(ms: number): void {
    if (this.mode === 'live') this.pause();
    this.seek(this.at + ms);
  }
  play(speed: number): void {
    this.#hand = this.at;
    url.set({ t: this.at, play: speed });
    this.run();
  }
  toggle(): void {
    if (this.mode === 'playing' || this.mode === 'live') this.pause();
    else this.play(60);
  }

  /** Moves the hand while `play` is set; also after a link opened with it. */
  run(): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      if (this.mode !== 'playing') return this.#halt();
      const next = this.at + TICK_MS * url.s.play;
      if (next >= picture.now) return this.live();
      this.#hand = next;
    }, TICK_MS);
  }
  #halt(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#hand = null;
  }
}
export const timeLine = new TimeLine();
