import { systemdFile } from "../../formats/systemd.ts";
import type { Origin, Resource } from "../../model/resource.ts";
import { adminOf, type Host, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";

const configFile = "/etc/ssh/sshd_config.d/10-rampart.conf";
const dropIn = "/etc/systemd/system/ssh.service.d/rampart.conf";

/** The door of the operators: keys only, at the inside address only. */
export function sshResources(host: Host, topology: Topology): readonly Resource[] {
  const config = { ...origin, why: "Operators come by SSH with a key, over the inside network." };
  const restart = { ...origin, why: "A host whose SSH is gone is lost to its operators." };
  const owner = { owner: "root", group: "root" };
  return [
    {
      ...config,
      kind: "file",
      file: configFile,
      content: sshdConfig(host, topology, config.why),
      mode: "0644",
      ...owner,
    },
    { ...restart, kind: "file", file: dropIn, content: sshDropIn(host, restart.why), mode: "0644", ...owner },
    {
      ...config,
      kind: "unit",
      name: "ssh.service",
      state: "running",
      // sshd wants this directory also for the check alone (sshd(8)).
      check: "mkdir -p -m 0755 /run/sshd && sshd -t",
      reloadOn: [`file:${configFile}`],
      restartOn: [`file:${dropIn}`],
    },
    {
      ...{ ...origin, why: "systemd would open the port on all addresses, whatever sshd is told." },
      ...{ kind: "unit", name: "ssh.socket", state: "off", reloadOn: [], restartOn: [] },
    },
  ];
}

const origin: Origin = { role: "base", path: "firewall.admin", why: "" };

function sshdConfig(host: Host, { networks }: Topology, why: string): string {
  return `# ${header(host, why)}
# sshd takes the first value of each keyword, so these win over the rest of sshd_config.

ListenAddress ${host.inside}

# Keys only: there is no password to guess.
AuthenticationMethods publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
RequiredRSASize 3072

# Few tries and little time for those who have no key; operators who mistype are not locked out.
MaxAuthTries 4
LoginGraceTime 20
PerSourcePenaltyExemptList ${adminOf(host, networks).join(",")}

# A tunnel to the monitor is wanted; a way from here to elsewhere is not.
AllowTcpForwarding local
AllowAgentForwarding no
AllowStreamLocalForwarding no
X11Forwarding no
PermitTunnel no
PermitUserEnvironment no

# Post-quantum key exchange first: what is recorded today stays unread tomorrow.
KexAlgorithms mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
HostKeyAlgorithms ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256

# A connection whose other end is gone ends after a minute.
ClientAliveInterval 20
ClientAliveCountMax 3
DebianBanner no
`;
}

function sshDropIn(host: Host, why: string): string {
  const service = {
    name: "Service",
    lines: [
      "Debian's unit gives up when the address is not there yet (sshd exits with 255).",
      ["RestartPreventExitStatus", ""],
      ["Restart", "always"],
      ["RestartSec", "200ms"],
    ] as const,
  };
  return systemdFile([{ name: "Unit", lines: [["StartLimitIntervalSec", "0"]] }, service], header(host, why));
}
