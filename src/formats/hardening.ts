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

/** For exporters, which start as an account of their own: besides, no capability and no system call that needs one. */
export const exporterConfinement: readonly SystemdLine[] = [
  ...confinement,
  ["CapabilityBoundingSet", ""],
  ["MemoryDenyWriteExecute", "yes"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallFilter", "~@privileged @resources"],
  ["UMask", "0077"],
];
