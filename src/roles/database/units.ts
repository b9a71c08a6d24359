import { confinement, exporterConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { paths } from "./paths.ts";

/** What Rampart adds to Debian's mariadb.service. */
export function serverDropIn(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          "It listens on the inside address, which must be there first.",
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
        ],
      },
      {
        name: "Service",
        lines: [
          "Instead of Debian's preparation for Galera, which is not used here.",
          ["ExecStartPre", ""],
          ["ExecStartPre", `+${paths.dataFolder}`],
          "Debian's checks after each start look through all tables, which can hang while commits wait; the upgrade of",
          "system tables, the other part of them, is done by rampart-database.service.",
          ["ExecStartPost", ""],
          "New certificates are taken without a restart.",
          ["ExecReload", `+/usr/bin/mariadb --no-defaults --socket=${paths.socket} --user=root -e "FLUSH LOCAL SSL"`],
          "A crash is followed by a start at once, a refusal to start is not: it would only be repeated. Whoever decides on",
          "failovers by itself would have to own the start as well (Restart=no); nobody does in this version.",
          ["Restart", "on-abnormal"],
          ["RestartSec", "100ms"],
          ["LimitNOFILE", "65536"],
          "The last process to be sacrificed when memory runs out.",
          ["OOMScoreAdjust", "-900"],
          ["SystemCallFilter", "@system-service"],
          ...confinement,
          ["ReadWritePaths", "-/var/lib/mysql -/var/log/mysql -/run/mysqld"],
        ],
      },
    ],
    header,
  );
}

/** Runs the standing program after every start of MariaDB, whoever started it. */
export function standingUnit(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "The database's standing: primary or replica"],
          ["After", "mariadb.service"],
          ["BindsTo", "mariadb.service"],
          ["PartOf", "mariadb.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["RemainAfterExit", "yes"],
          ["ExecStart", paths.standing],
          ["ExecReload", paths.standing],
          ["TimeoutStartSec", "900"],
          "A refusal (3) needs a person; everything else may be well the next time.",
          ["Restart", "on-failure"],
          ["RestartSec", "2"],
          ["RestartPreventExitStatus", "3"],
          ...confinement,
          "The data folder is MariaDB's; only the owner of a file or this capability may give it a second name.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE CAP_FOWNER"],
          ["ReadWritePaths", `${paths.state} ${paths.data}`],
          ["MemoryDenyWriteExecute", "yes"],
          ["SystemCallFilter", "@system-service"],
          ["UMask", "0077"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "mariadb.service"]] },
    ],
    header,
  );
}

/** Figures by TLS on the inside address, for the monitor only. */
export function exporterDropIn(address: string, header: string): string {
  const words = [
    "/usr/bin/prometheus-mysqld-exporter",
    `--web.listen-address=${address}:9104`,
    "--web.config.file=/etc/rampart/exporter-web.yml",
    `--config.my-cnf=${paths.exporter}`,
    "--collect.global_status",
    "--collect.global_variables",
    "--collect.slave_status",
    ...hanging.map((collector) => `--no-collect.${collector}`),
  ];
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Wants", "network-online.target"],
          ["After", "network-online.target mariadb.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          "Only what answers while a commit waits for its acknowledgement.",
          ["ExecStart", ""],
          ["ExecStart", words.join(" ")],
          ["Restart", "always"],
          ["RestartSec", "1"],
          ...exporterConfinement,
        ],
      },
    ],
    header,
  );
}

/** Collectors that are on by default and read tables that hang, or that MariaDB does not have. */
const hanging = ["info_schema.innodb_cmp", "info_schema.innodb_cmpmem", "info_schema.query_response_time"];
