/** One thing that is wrong, in the words of the person who can mend it. */
export interface Problem {
  /** Where: a path in the site file (`app.shop.port`), a host (`web1`) or a file. */
  readonly path: string;
  /** What is wrong and what it would lead to. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
}

/**
 * A failure that the user can understand and mend: shown without a stack trace, all problems at once.
 * Every other Error is a defect of Rampart's own.
 */
export class RampartError extends Error {
  readonly problems: readonly Problem[];
  /** The next command to type, if there is one. */
  readonly next: string | undefined;

  constructor(title: string, problems: readonly Problem[], next?: string) {
    super(title);
    this.name = "RampartError";
    this.problems = problems;
    this.next = next;
  }
}

/** Throws a RampartError that holds one problem. */
export function fail(title: string, problem: Problem, next?: string): never {
  throw new RampartError(title, [problem], next);
}
