/** What one region sees of the site. What it does not know is null: it never passes for well. */
export interface RegionStanding {
  readonly region: string;
  readonly host: string;
  /** Each: whether the last look was well; null: there was none lately. */
  readonly checks: {
    readonly dns: boolean | null;
    readonly tcp: boolean | null;
    readonly tls: boolean | null;
    readonly page: boolean | null;
  };
  /** Seconds of the last look at the page, part by part; null: it was not got. */
  readonly seconds: {
    readonly resolve: number | null;
    readonly connect: number | null;
    readonly tls: number | null;
    /** From the request to the first byte of the answer. */
    readonly firstByte: number | null;
    readonly total: number | null;
  };
  /** Days until the first of the certificates ends that visitors there are served. */
  readonly certificateDays: number | null;
  /** null: none was made yet, or the site file has none. */
  readonly visit: RegionVisit | null;
  /** Seconds since it last had a sign of life of any monitor. */
  readonly monitorSilence: number | null;
  /** Why nothing is known. */
  readonly detail?: string | undefined;
}

export interface RegionVisit {
  readonly ok: boolean;
  /** ISO 8601 */
  readonly at: string;
  readonly seconds: number;
  readonly steps: readonly { readonly step: string; readonly ok: boolean; readonly seconds: number }[];
}
