import type { Problem } from "../base/problem.ts";
import { shellCommand } from "../base/text.ts";
import type { RemoteResult } from "./result.ts";

interface Cause {
  /** What ssh, sudo or we say. Tried in order; the first that fits. */
  readonly said: RegExp;
  readonly reason: string;
  readonly remedy: string;
}

const checkNetwork = "Check that it is switched on, that its address is right and that no firewall is in between.";

/** The messages are those of OpenSSH 8.4 to 10 (sshconnect.c, sshconnect2.c, clientloop.c) and of sudo. */
const causes: readonly Cause[] = [
  {
    said: /IDENTIFICATION HAS CHANGED|host key for .* has changed/i,
    reason: "it shows another host key than the one known for it",
    remedy:
      "If the host was installed anew, remove the old key with `ssh-keygen -R <address>`. If not, somebody else may be answering in its place: do not go on.",
  },
  {
    said: /host key is known for|Host key verification failed/i,
    reason: "its host key is not known here",
    remedy: "Compare the host's key with the one it should have, then add it to known_hosts.",
  },
  {
    said: /UNPROTECTED PRIVATE KEY|bad permissions/i,
    reason: "the key file may be read by others, so ssh does not use it",
    remedy: "Run `chmod 600` on the key file.",
  },
  {
    said: /Bad configuration option|Bad owner or permissions|keyword .* extra arguments/i,
    reason: "ssh does not accept its own configuration",
    remedy: "Mend ~/.ssh/config as ssh says.",
  },
  {
    said: /Permission denied \(|Too many authentication failures/i,
    reason: "it does not accept the key",
    remedy:
      "Check user and key of this host, that the key is loaded (`ssh-add -l`), and that it is in the user's authorized_keys.",
  },
  {
    said: /Could not resolve hostname/i,
    reason: "its name has no address",
    remedy: "Check the spelling of the host's name, and the name server.",
  },
  {
    said: /Connection refused/i,
    reason: "it refuses connections to the ssh port",
    remedy: "Check that sshd is running there, and the port.",
  },
  {
    said: /No route to host|Network is unreachable|Host is down/i,
    reason: "there is no way to it through the network",
    remedy: checkNetwork,
  },
  {
    said: /timed out|Timeout, server .* not responding|no greeting/i,
    reason: "it does not answer",
    remedy: checkNetwork,
  },
  {
    said: /UNKNOWN port 65535|stdio forwarding failed|proxy command closed/i,
    reason: "the jump host or proxy command on the way to it gives no connection",
    remedy: "Check that the host is up, and then the way to it.",
  },
  {
    said: /sudo: |a password is required|may not run sudo/i,
    reason: "the user may not become root with sudo without a password",
    remedy: "Allow it in /etc/sudoers.d with NOPASSWD, or log in as root.",
  },
  {
    said: /account is currently not available|This account|nologin/i,
    reason: "the user has no login shell there",
    remedy: "Choose another user, or give this one a shell.",
  },
  {
    said: /Connection (closed|reset)|closed by remote host|Broken pipe|Control master terminated|read from master failed/i,
    reason: "it closed the connection",
    remedy: "It may be starting or shutting down. Try again; if it stays so, read its log with `journalctl -u ssh`.",
  },
  {
    said: /spawn ssh ENOENT/,
    reason: "there is no ssh on this machine",
    remedy: "Install the OpenSSH client (on Debian `apt-get install -y openssh-client`).",
  },
];

/** For a session that began and did not come to its end. */
export const brokenOff = "the connection broke while it was working";

const broken = {
  reason: brokenOff,
  remedy: "Check that the host is up, then run the same command again: every step can be repeated.",
};
const unknown = { reason: "ssh failed", remedy: "Try the connection by hand and mend what ssh says." };

/**
 * Why ssh could not do its part, in a sentence that goes behind the host's name; ssh's own last line is in brackets. `viaProxy`:
 * then a connection that closes at once says something about the way, not about the host.
 */
export function unreachableText(stderr: string, viaProxy = false): string {
  const said = viaProxy && /Connection closed by remote host/.test(stderr) ? `${stderr}\nproxy command closed` : stderr;
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /[a-z]/i.test(line)); // ssh draws frames of "@"
  const cause = causes.find((each) => each.said.test(said));
  const line = lines.filter((each) => cause?.said.test(each)).at(-1) ?? lines.at(-1);
  const { reason } = cause ?? unknown;
  return line ? `${reason} (${line})` : reason;
}

/** What to do about a host that could not be reached. Only for results with `unreachable`. */
export function unreachableProblem(result: RemoteResult): Problem {
  const reason = result.unreachable ?? unknown.reason;
  const { remedy } = [broken, ...causes].find((cause) => reason.startsWith(cause.reason)) ?? unknown;
  return { path: result.host, reason, remedy: `${remedy} By hand: ${byHand(result.argv)}` };
}

/** The words of a plain `ssh` to the same place: what the user would type, without our own settings. */
function byHand(argv: readonly string[]): string {
  const end = argv.indexOf("--");
  const words = argv.slice(0, end === -1 ? argv.length : end + 2).filter((word) => word !== "--");
  const typed: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    const value = words[index + 1] ?? "";
    const ours = word === "-o" && !/^(ProxyCommand|UserKnownHostsFile)=/.test(value);
    if (ours) index += 1;
    else if (word !== "-T") typed.push(word);
  }
  return shellCommand(typed);
}
