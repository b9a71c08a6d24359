/** The options that every verb takes. */
export interface GlobalOptions {
  /** Folder of the site file, or the file itself; undefined: the working folder. */
  readonly site: string | undefined;
  readonly env: string;
  readonly json: boolean;
}

/** Exit codes of the command line; the reference lists them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** `plan --exit-code`: there are changes. */
  changes: 3,
} as const;
