/** What the checks must know of the world outside the site file. */
export interface Facts {
  /** Value of --env; undefined when it was not given. */
  readonly environment?: string | undefined;
  /** Whether a path relative to the site file is a folder. */
  readonly folderExists: (relative: string) => boolean;
  /** Whether a path relative to the site file is a file. */
  readonly fileExists: (relative: string) => boolean;
  /** Name of the site file as messages show it, e.g. rampart.config.ts. */
  readonly siteFile: string;
}
