import type { GaleraStatus } from "../../../src/contract/galera.ts";

/** The member's figures in Prometheus' text form; a figure that is not known is left out. */
export function metricsOf(status: GaleraStatus): string {
  const figures: readonly (readonly [string, string, number | boolean | null])[] = [
    ["rampart_galera_writable", "Offered to services for writes.", status.writable],
    ["rampart_galera_readable", "Offered to services for reads.", status.readable],
    ["rampart_galera_answers", "MariaDB answers.", status.primary !== null],
    ["rampart_galera_primary", "Belongs to the part of the cluster that may write.", status.primary === true],
    ["rampart_galera_synced", "Has all that the cluster has.", status.primary === true && status.state === 4],
    ["rampart_galera_size", "Members and arbiter in its part of the cluster.", status.size],
    ["rampart_galera_votes", "Members and arbiter of the site.", status.votes],
    ["rampart_galera_committed", "The last transaction that it has committed.", status.seqno],
    [
      "rampart_galera_paused_seconds_total",
      "Time in which writes were held up for a slow member.",
      status.pausedSeconds,
    ],
    ["rampart_galera_queue", "Transactions received and not applied yet.", status.queue],
    ["rampart_galera_conflicts_total", "Transactions that lost against another member's.", status.conflicts],
    ["rampart_galera_held", "A bootstrap holds MariaDB back.", status.held],
  ];
  return figures
    .flatMap(([name, help, value]) => {
      if (value === null) return [];
      const type = name.endsWith("_total") ? "counter" : "gauge";
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${Number(value)}`];
    })
    .join("\n")
    .concat("\n");
}
