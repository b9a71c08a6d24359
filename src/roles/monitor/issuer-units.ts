import { confinement } from "../../formats/hardening.ts";
import { type SystemdLine, systemdFile } from "../../formats/systemd.ts";

/** Orders a certificate when one is due; ends by itself. */
export function orderService(
  programs: { readonly order: string; readonly record: string },
  trust: string,
  header: string,
): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Orders the public certificate when it is due"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target nginx.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["User", "rampart-acme"],
          ["Group", "www-data"],
          ["StateDirectory", "rampart-acme"],
          ["StateDirectoryMode", "0750"],
          "CAs that Debian does not know, for an ACME server of one's own. Debian's are trusted besides.",
          ["Environment", `SSL_CERT_FILE=${trust} SSL_CERT_DIR=/etc/ssl/certs`],
          ["ExecStart", programs.order],
          ["ExecStopPost", `+${programs.record}`],
          ["TimeoutStartSec", "300"],
          ...order,
        ],
      },
    ],
    header,
  );
}

export function orderTimer(header: string): string {
  return systemdFile(
    [
      { name: "Unit", lines: [["Description", "Looks whether the public certificate is due"]] },
      {
        name: "Timer",
        lines: [
          ["OnActiveSec", "2s"],
          "It only looks: how often it orders, it decides by itself.",
          ["OnUnitInactiveSec", "60s"],
          ["AccuracySec", "1s"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "timers.target"]] },
    ],
    header,
  );
}

const order: readonly SystemdLine[] = [
  ["UMask", "0027"],
  ["CapabilityBoundingSet", ""],
  ...confinement,
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
];
