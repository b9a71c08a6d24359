/** How a script on a host ended. */
export interface RemoteResult {
  readonly host: string;
  /** The local command line; it holds no secret, for the script travels on stdin. */
  readonly argv: readonly string[];
  /** Undefined when the script did not end by itself: not started, cut off, or timed out. A script's own 255 reads as 254. */
  readonly exitCode: number | undefined;
  readonly durationMs: number;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** Why the host could not be reached, or that the connection broke; undefined when ssh did its part. */
  readonly unreachable?: string;
}
