import { confinement, strictConfinement } from "../../formats/hardening.ts";
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
          "The agent alone starts it, when it knows how; without its word a start by anybody else is passed over.",
          ["ConditionPathExists", paths.start],
        ],
      },
      {
        name: "Service",
        lines: [
          ["EnvironmentFile", `-${paths.start}`],
          "Instead of Debian's preparation for Galera, which is not used here.",
          ["ExecStartPre", ""],
          ["ExecStartPre", `+${paths.dataFolder}`],
          "Debian's checks after each start look through all tables, which can hang while commits wait; the upgrade of",
          "system tables, the other part of them, is done by the agent. Its word holds for one start.",
          ["ExecStartPost", ""],
          ["ExecStartPost", `+/bin/rm -f ${paths.start}`],
          "New certificates are taken without a restart.",
          ["ExecReload", `+/usr/bin/mariadb --no-defaults --socket=${paths.socket} --user=root -e "FLUSH LOCAL SSL"`],
          "After a crash another member leads, and this one must know that before it starts.",
          ["Restart", "no"],
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
          ...strictConfinement,
        ],
      },
    ],
    header,
  );
}

/** Collectors that are on by default and read tables that hang, or that MariaDB does not have. */
const hanging = ["info_schema.innodb_cmp", "info_schema.innodb_cmpmem", "info_schema.query_response_time"];
