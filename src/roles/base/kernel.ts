import type { Origin, Resource } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";
import { header } from "./header.ts";

const file = "/etc/sysctl.d/50-rampart.conf";

interface Setting {
  readonly reason: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Nothing without a reason; all of it Linux's own Documentation/networking/ip-sysctl.rst and admin-guide/sysctl. */
const settings: readonly Setting[] = [
  {
    reason: "A flood of half-open connections cannot fill the queue of those who mean it.",
    values: { "net.ipv4.tcp_syncookies": "1" },
  },
  {
    reason: "A packet whose answer would leave by another interface has a forged sender. The virtual address passes.",
    values: perInterface("ipv4", "rp_filter", "1"),
  },
  {
    reason: "Nobody on the network tells a host which way to go.",
    values: {
      ...perInterface("ipv4", "accept_redirects", "0"),
      ...perInterface("ipv4", "secure_redirects", "0"),
      ...perInterface("ipv4", "accept_source_route", "0"),
      ...perInterface("ipv6", "accept_redirects", "0"),
      ...perInterface("ipv6", "accept_source_route", "0"),
      ...perInterface("ipv6", "accept_ra", "0"),
    },
  },
  {
    reason: "Hosts are no routers.",
    values: { "net.ipv4.ip_forward": "0", ...perInterface("ipv4", "send_redirects", "0") },
  },
  {
    reason: "An address is told only to the network that it belongs to: the outside learns nothing of the inside.",
    values: { ...perInterface("ipv4", "arp_ignore", "1"), ...perInterface("ipv4", "arp_announce", "2") },
  },
  {
    reason: "Daemons listen on one address only and may start before the network (or keepalived) has brought it.",
    values: { "net.ipv4.ip_nonlocal_bind": "1" },
  },
  {
    reason: "A late segment of an old connection cannot end a new one (RFC 1337).",
    values: { "net.ipv4.tcp_rfc1337": "1" },
  },
  {
    reason: "Addresses in the kernel and its messages are for root: they help to write exploits.",
    values: { "kernel.kptr_restrict": "2", "kernel.dmesg_restrict": "1" },
  },
  {
    reason: "A taken process cannot read the memory of its sisters, nor load code into the kernel.",
    values: {
      "kernel.yama.ptrace_scope": "1",
      "kernel.unprivileged_bpf_disabled": "1",
      "net.core.bpf_jit_harden": "2",
    },
  },
  {
    reason: "Links and pipes in shared directories cannot be used to lead a privileged program astray.",
    values: {
      "fs.protected_hardlinks": "1",
      "fs.protected_symlinks": "1",
      "fs.protected_fifos": "2",
      "fs.protected_regular": "2",
      "fs.suid_dumpable": "0",
    },
  },
];

/** Kernel settings, each with its reason. */
export function kernelResources(host: Host): readonly Resource[] {
  const origin: Origin = { role: "base", path: "", why: "The kernel refuses what no honest neighbour asks for." };
  return [
    {
      ...origin,
      kind: "file",
      file,
      content: sysctlFile(host, origin.why),
      mode: "0644",
      owner: "root",
      group: "root",
    },
    {
      ...origin,
      kind: "unit",
      name: "systemd-sysctl.service",
      state: "settled",
      reloadOn: [],
      restartOn: [`file:${file}`],
    },
  ];
}

function sysctlFile(host: Host, why: string): string {
  const note = '# "-": a key that a container does not have, or may not write, is passed over.';
  const blocks = settings.map(({ reason, values }) =>
    [`# ${reason}`, ...Object.entries(values).map(([key, value]) => `-${key} = ${value}`)].join("\n"),
  );
  return `${[`# ${header(host, why)}\n${note}`, ...blocks].join("\n\n")}\n`;
}

/** For interfaces to come (default), for all at once (all) and for each that is there (systemd's pattern, sysctl.d(5)). */
function perInterface(family: "ipv4" | "ipv6", key: string, value: string): Readonly<Record<string, string>> {
  const names = ["all", "default", "*"];
  return Object.fromEntries(names.map((name) => [`net.${family}.conf.${name}.${key}`, value]));
}
