/**
 * Progress as data: `type` is `domain.subject.verb` (apply.change.done), the rest is plain data without display text.
 * Terminal, JSON and tests are listeners.
 */
export interface Event {
  readonly type: string;
  readonly [key: string]: unknown;
}

export type Emit = (event: Event) => void;
