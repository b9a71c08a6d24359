import type { Problem } from "../base/problem.ts";
import type { Site } from "../model/site.ts";

/** What the checks must know of the world outside the site file. */
export interface Facts {
  /** Value of --env; undefined when it was not given. */
  readonly environment?: string | undefined;
  /** Whether a path relative to the site file is a folder. */
  readonly folderExists: (relative: string) => boolean;
  /** Whether a path relative to the site file is a file. */
  readonly fileExists: (relative: string) => boolean;
  /** The text of a file, by its path relative to the site file; undefined when it cannot be read. */
  readonly fileText?: ((relative: string) => string | undefined) | undefined;
  /** The day, as 2026-12-31 (UTC); without it nothing is judged by its end. */
  readonly today?: string | undefined;
  /** What is wrong with the certificate that the site file names: pair, names, dates. Left out: it is not looked at. */
  readonly certificateProblems?: (site: Site) => readonly Problem[];
  /** Name of the site file as messages show it, e.g. rampart.config.ts. */
  readonly siteFile: string;
}
