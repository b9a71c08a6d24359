import { restoredInstance } from "../../contract/backup.ts";
import { figuresFolder } from "../../contract/figures.ts";
import { confinement, strictConfinement } from "../../formats/hardening.ts";
import { type SystemdLine, systemdFile } from "../../formats/systemd.ts";
import { backupPaths, canaryAccount } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/** Writes the canary, as an account that can do nothing else. */
export function canaryUnit(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "A row every few seconds, by which a restore is proved"],
          ["After", "mariadb.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["User", canaryAccount],
          ["ExecStart", backupPaths.canary],
          ["Restart", "always"],
          ["RestartSec", "5"],
          ...strictConfinement,
          ["PrivateNetwork", "yes"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}

const readsData: readonly SystemdLine[] = [
  ...strictConfinement,
  "MariaDB's files are its own; this lets root read them.",
  ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE"],
];

/** Ships binary logs, and starts what is due. */
export function keepUnit(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Binary logs go to the backup store, and backups and drills are started when they are due"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target mariadb.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", backupPaths.keep],
          ["Restart", "always"],
          ["RestartSec", "10"],
          "The database comes first, always.",
          ["Nice", "10"],
          ["IOSchedulingClass", "idle"],
          ["MemoryHigh", "400M"],
          ["OOMScoreAdjust", "500"],
          ...readsData,
          ["ReadWritePaths", writable],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}

/** One backup; started when it is due, ends by itself. */
export function baseUnit(header: string): string {
  return oneshot(
    "A physical backup into the store",
    backupPaths.base,
    [...readsData, ["ReadWritePaths", writable]],
    header,
  );
}

/** One drill; started when it is due, ends by itself. */
export function drillUnit(header: string): string {
  const lines: readonly SystemdLine[] = [
    ...strictConfinement,
    ["ProcSubset", "pid"],
    "Root of a name space in which accounts are who they are outside: over files, not over the kernel.",
    ["PrivateUsers", "identity"],
    "It makes the data folder of an instance and hands it to that instance's account.",
    ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER"],
    ["SystemCallFilter", "@chown"],
    ["ReadWritePaths", `${writable} -${backupPaths.restored}`],
  ];
  return oneshot("Proves that the store can be restored from", backupPaths.drill, lines, header);
}

const writable = `${backupPaths.state} ${backupPaths.cache} ${figuresFolder}`;

function oneshot(description: string, program: string, lines: readonly SystemdLine[], header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", description],
          ["Wants", "network-online.target"],
          ["After", "network-online.target mariadb.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["ExecStart", program],
          ["TimeoutStartSec", "infinity"],
          "The database comes first, always.",
          ["Nice", "10"],
          ["IOSchedulingClass", "idle"],
          ["MemoryHigh", "1G"],
          ["OOMScoreAdjust", "500"],
          ...lines,
        ],
      },
    ],
    header,
  );
}

/** An instance restored beside the database: no network, a folder of its own. */
export function restoredUnit(header: string): string {
  return systemdFile(
    [
      { name: "Unit", lines: [["Description", "A restored instance of the database: %i"]] },
      {
        name: "Service",
        lines: [
          ["Type", "notify"],
          ["User", "mysql"],
          ["ExecStart", `/usr/sbin/mariadbd --defaults-file=${restoredInstance("%i").folder}/server.cnf`],
          ["TimeoutStartSec", "600"],
          ["OOMScoreAdjust", "500"],
          ["LimitNOFILE", "65536"],
          ["CapabilityBoundingSet", ""],
          ...confinement,
          ["PrivateNetwork", "yes"],
          ["SystemCallFilter", "@system-service"],
          ["SystemCallFilter", "~@privileged"],
          ["UMask", "0077"],
          ["ReadWritePaths", `-${restoredInstance("%i").folder}`],
          ["InaccessiblePaths", `-${paths.data}`],
        ],
      },
    ],
    header,
  );
}
