import { confinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { galeraPaths, paths } from "./paths.ts";

/** What Rampart adds to Debian's mariadb.service for a member of a Galera cluster. */
export function galeraServerDropIn(header: string): string {
  const reload = "FLUSH LOCAL SSL; SET GLOBAL wsrep_provider_options='socket.ssl_reload=1'";
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          "It listens on the inside address, which must be there first.",
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
          "The member program alone starts it, when it knows how; without its word a start by anybody else is passed over.",
          ["ConditionPathExists", galeraPaths.start],
        ],
      },
      {
        name: "Service",
        lines: [
          "Debian's word for a new cluster, which galera_new_cluster writes, is not listened to.",
          ["EnvironmentFile", ""],
          ["EnvironmentFile", "-/run/mysqld/wsrep-start-position"],
          ["EnvironmentFile", `-${galeraPaths.start}`],
          ["ExecStartPre", ""],
          ["ExecStartPre", `+${paths.dataFolder}`],
          "Where its data stand after a crash, by Debian's own program.",
          [
            "ExecStartPre",
            '/bin/sh -c "VAR=$(/usr/bin/galera_recovery) && echo _WSREP_START_POSITION=$VAR > /run/mysqld/wsrep-start-position"',
          ],
          "The upgrade of system tables is done by the member program. Its word holds for one start.",
          ["ExecStartPost", ""],
          ["ExecStartPost", `+/bin/rm -f ${galeraPaths.start} /run/mysqld/wsrep-start-position`],
          ["ExecStopPost", `+/bin/rm -f ${galeraPaths.start} /run/mysqld/wsrep-start-position`],
          "New certificates are taken without a restart.",
          ["ExecReload", `+/usr/bin/mariadb --no-defaults --socket=${paths.socket} --user=root -e "${reload}"`],
          ["Restart", "no"],
          "It is ready when it has a copy of all data: that takes as long as it takes.",
          ["TimeoutStartSec", "infinity"],
          "One that waits for the other members is deaf to SIGTERM. What was acknowledged is on the disk.",
          ["TimeoutStopSec", "180"],
          ["SendSIGKILL", "yes"],
          ["LimitNOFILE", "65536"],
          "The last process to be sacrificed when memory runs out.",
          ["OOMScoreAdjust", "-900"],
          ["SystemCallFilter", "@system-service"],
          ...confinement,
          "Whoever sends a copy looks by ss whether the other side listens.",
          ["RestrictAddressFamilies", "AF_NETLINK"],
          ["ReadWritePaths", "-/var/lib/mysql -/var/log/mysql -/run/mysqld"],
        ],
      },
    ],
    header,
  );
}

/** The member program: tells how the member stands, and starts MariaDB so that it joins. */
export function memberUnit(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "How this member of the Galera cluster stands; starts MariaDB so that it joins"],
          ["Wants", "network-online.target"],
          "Not after mariadb.service: a MariaDB that waits for the other members is being started for as long as they are away.",
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "notify"],
          ["NotifyAccess", "all"],
          [
            "ExecStart",
            `/usr/bin/node --max-semi-space-size=1 --max-old-space-size=64 ${galeraPaths.program} ${galeraPaths.settings}`,
          ],
          ["ExecReload", "/bin/kill -HUP $MAINPID"],
          ["Restart", "always"],
          ["RestartSec", "200ms"],
          ["WatchdogSec", "30"],
          ["RuntimeDirectory", galeraPaths.runtime.slice("/run/".length)],
          ["RuntimeDirectoryMode", "0700"],
          ["RuntimeDirectoryPreserve", "restart"],
          "It must be heard when everything else wants the processor or the memory.",
          ["Nice", "-10"],
          ["OOMScoreAdjust", "-950"],
          ["MemoryHigh", "1G"],
          ...confinement,
          "It reads how far MariaDB's data go, and copies them aside before a bootstrap.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER CAP_KILL CAP_SETUID CAP_SETGID"],
          ["ReadWritePaths", `${paths.state} ${paths.data} -/run/mysqld`],
          ["SystemCallFilter", "@system-service"],
          ["UMask", "0077"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
