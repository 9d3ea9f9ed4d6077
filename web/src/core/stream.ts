/**
 * The node's stream of events, kept open. `EventSource` gives up when the node answers an error, so reconnection
 * is ours: 1 s, doubling to 15 s. A stream that is open and silent is stale, not fine.
 */
import type { StreamMessages } from './model';

export type LinkState = 'connecting' | 'open' | 'lost';
export interface StreamHandlers {
  on: { [K in keyof StreamMessages]: (message: StreamMessages[K]) => void };
  state: (state: LinkState) => void;
  /** After a break: what was missed must be asked for. */
  reopened: () => void;
}

export function openStream(handlers: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let wait = 1000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let opened = false;
  let closed = false;

  const connect = (): void => {
    if (closed) return;
    source = new EventSource('/api/stream');
    source.onopen = () => {
      wait = 1000;
      handlers.state('open');
      if (opened) handlers.reopened();
      opened = true;
    };
    source.onerror = () => {
      source?.close();
      handlers.state('lost');
      clearTimeout(timer);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, 15_000);
    };
    for (const name of Object.keys(handlers.on) as (keyof StreamMessages)[]) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        (handlers.on[name] as (message: unknown) => void)(JSON.parse(event.data));
      });
    }
  };

  handlers.state('connecting');
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    source?.close();
  };
}
