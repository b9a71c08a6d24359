import type { SystemdLine } from "./systemd.ts";

/**
 * What takes from a daemon all that none of ours needs (systemd.exec(5)): every daemon that starts as root keeps working with
 * these. Not MemoryDenyWriteExecute, since regular expressions are compiled by PCRE while they run.
 */
export const confinement: readonly SystemdLine[] = [
  ["NoNewPrivileges", "yes"],
  ["LockPersonality", "yes"],
  ["PrivateDevices", "yes"],
  ["PrivateTmp", "yes"],
  ["ProtectClock", "yes"],
  ["ProtectControlGroups", "yes"],
  ["ProtectHome", "yes"],
  ["ProtectHostname", "yes"],
  ["ProtectKernelLogs", "yes"],
  ["ProtectKernelModules", "yes"],
  ["ProtectKernelTunables", "yes"],
  ["ProtectProc", "invisible"],
  ["ProtectSystem", "strict"],
  ["RemoveIPC", "yes"],
  ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6"],
  ["RestrictNamespaces", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallErrorNumber", "EPERM"],
];

/** nginx, however many of them: certificates are read by the master, requests by workers of another account. */
export const nginxConfinement: readonly SystemdLine[] = [
  "The master opens files as root and gives its workers another account; nothing else is left to it.",
  ["CapabilityBoundingSet", "CAP_SETUID CAP_SETGID CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE"],
  ["SystemCallFilter", "@system-service"],
  ...confinement,
  ["ReadWritePaths", "/run -/var/lib/nginx -/var/log/nginx"],
];

/**
 * For what needs nothing of root, most of it started as an account of its own: besides, no capability and no system call that needs
 * one. A capability that one of them does need is named after these.
 */
export const strictConfinement: readonly SystemdLine[] = [
  ...confinement,
  ["CapabilityBoundingSet", ""],
  ["MemoryDenyWriteExecute", "yes"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
  ["UMask", "0077"],
];

/** The same for programs of Debian's Node, which compiles while it runs: memory may be written and executed. */
export const nodeConfinement = strictConfinement.filter(([name]) => name !== "MemoryDenyWriteExecute");
