/** How often a service is asked for measurements, and for which of them. */
export interface Rhythm {
  /** What follows the job's name: "" for the one that is asked most often. */
  readonly suffix: string;
  /** undefined: as often as everything else. */
  readonly pace: { readonly scrape_interval: string; readonly scrape_timeout: string } | undefined;
  /** Names of the exporter's collectors; undefined: all that it runs. */
  readonly collectors: readonly string[] | undefined;
}

/** Marks the slower of two rhythms in the name of a job. */
const detailsSuffix = ".details";

const asOften: Rhythm = { suffix: "", pace: undefined, collectors: undefined };
const slower: Rhythm = { ...asOften, pace: { scrape_interval: "5s", scrape_timeout: "4s" } };

/**
 * What pages is asked for every 2 s, and it is little: who holds an address, what our own programs wrote down. Processor, memory,
 * disks and units are asked for every 5 s. Seen on a shop at rest, on a machine with much else to do: all of it asked for every 2 s was
 * about half of the processor time of a web host's programs (systemd and its bus work for each answer).
 */
const rhythms: Readonly<Record<string, readonly Rhythm[]>> = {
  "base.node-exporter": [
    { ...asOften, collectors: ["netdev", "textfile"] },
    {
      ...slower,
      suffix: detailsSuffix,
      collectors: [
        "conntrack",
        "cpu",
        "diskstats",
        "filesystem",
        "loadavg",
        "meminfo",
        "systemd",
        "time",
        "uname",
        "vmstat",
      ],
    },
  ],
  // Each answer is a dozen queries. Who takes writes and whether the promise holds, the agents say, every 2 s.
  "database.exporter": [slower],
};

/** A PromQL matcher that passes over whatever is asked for less often. */
export const notDetails = `job!~".*[.]${detailsSuffix.slice(1)}"`;

/** The rhythms in which a job's targets are asked; nearly always one. */
export function rhythmsOf(job: string): readonly Rhythm[] {
  return rhythms[job] ?? [asOften];
}
