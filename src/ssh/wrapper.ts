import { shellQuote } from "../base/text.ts";

/** The host's first word: what comes before it is noise of the login shell, and no part of the script was sent yet. */
export const greeting = "rampart: ready\n";

/** The script's last line: a script that was cut off on its way lacks it, and is not run at all. */
const trailer = "#rampart: end of script";

/**
 * The bytes to send once the host has greeted, and the remote command that runs them. The script comes first on stdin and is
 * kept in the shell's memory: it is in no process list and in no file, and what follows on stdin is the script's own stdin.
 * `head -c` takes exactly so many bytes from a pipe (GNU coreutils never reads ahead there).
 */
export function wrapped(script: string, user: string, limitMs: number | undefined): { command: string; bytes: Buffer } {
  const bytes = Buffer.from(`${script}\n${trailer}`);
  const shell = [
    "umask 022",
    "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8",
    `printf "${greeting.replace("\n", "\\n")}"`,
    `S=$(head -c ${bytes.length})`,
    // In a subshell, so that 255 is left to ssh: it means that the connection failed.
    `case $S in *"${trailer}") (eval "unset S;$S"); r=$?; [ $r -lt 255 ] || r=254; exit $r;; *) exit 255;; esac`,
  ].join("; ");
  // A little later than on our side, where the timeout is reported; this one only makes sure that nothing runs on.
  const limit = limitMs === undefined ? "" : `timeout -k 5 ${Math.ceil(limitMs / 1000) + 2} `;
  return { command: `exec ${asRoot(user)}${limit}sh -c ${shellQuote(shell)}`, bytes };
}

/** What makes a command run as root: nothing, or sudo that never asks. */
export function asRoot(user: string): string {
  return user === "root" ? "" : "sudo -n ";
}
