import { shellQuote } from "../../base/text.ts";
import type { PackageStep } from "../../model/upgrade.ts";

/** The transient unit that does the work on a host: it goes on when the operator's connection is cut. */
export const upgradeUnit = "rampart-db-upgrade";

const program = "/run/rampart/db-upgrade";
const log = "/run/rampart/db-upgrade.log";

/**
 * Shell that brings a replica's packages to these versions. Its steps come as `STEP …`, a refusal as `refused: …`.
 *
 * Debian's scripts stop a server that runs when a package is unpacked, and again when it is configured; an agent that sees its MariaDB gone starts
 * it at once. So the agent ends first, then MariaDB, as at a reboot; and whatever becomes of the work, systemd starts the agent at its end, which
 * alone decides how MariaDB starts (decision 0039).
 */
export function installScript(steps: readonly PackageStep[]): string {
  const words = steps.map(({ name, to }) => shellQuote(`${name}=${to}`)).join(" ");
  return `set -u
trap '' HUP PIPE
umask 077
mkdir -p /run/rampart
cat > ${program}.new <<'PROGRAM'
${hostProgram}PROGRAM
mv ${program}.new ${program}
systemd-run --quiet --unit=${upgradeUnit} --collect --wait --pipe \\
  --property='ExecStopPost=/usr/bin/systemctl --no-block start rampart-agent.service' \\
  /bin/sh ${program} ${words} < /dev/null
`;
}

/** Longest that a member may take: its packages over a slow line, and a server with much to write at its end. */
export const installLimit = 30 * 60_000;

const sql = "timeout 5 mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=root -BNe";

const hostProgram = `# Upgrades MariaDB's packages on a replica: NAME=VERSION…
set -u
trap '' HUP PIPE
umask 022
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
: > ${log}
step() { echo "STEP $*"; }
refuse() { echo "refused: $*" >&2; exit 1; }
why() { grep -aE '^(E:|dpkg: error|dpkg: dependency)' ${log} | head -n 2 | tr '\\n' ' '; }
# apt SECONDS WORD…: at most so long behind somebody else's lock; no child of it keeps ours.
apt() {
  patience=$1
  shift
  apt-get -y -qq --no-install-recommends --only-upgrade -o "DPkg::Lock::Timeout=$patience" -o Dpkg::Options::=--force-confold \\
    "$@" >> ${log} 2>&1 < /dev/null 8>&-
}
exec 8>>/run/rampart/apply.lock
flock -n 8 || refuse "another apply is at work on this host."
# dpkg refuses all work until what was cut off is finished, which needs the server to be down.
half() { dpkg-query -W -f '\${db:Status-Status} \${Package}\\n' | grep -E '^(half-|unpacked|triggers-)'; ls /var/lib/dpkg/updates; }
half=$(half)
if [ $# -gt 0 ] && [ -z "$half" ]; then
  step "fetches packages"
  apt 300 --download-only install "$@" || refuse "its packages could not be fetched, nothing was touched: $(why)"
fi
# A nightly backup may have begun since it was looked.
for _ in $(seq 120); do
  pgrep -x mariadb-backup > /dev/null || break
  step "waits for the end of a backup"
  sleep 5
done
! pgrep -x mariadb-backup > /dev/null || refuse "a backup has been at work there for ten minutes, nothing was touched."
step "stops its agent"
systemctl stop rampart-agent.service || refuse "its agent could not be stopped."
# From here on nobody can make it the primary; it must not have become it just before.
case $(systemctl is-active mariadb.service) in
  inactive|failed) ;;
  *) [ "$(${sql} 'SELECT @@read_only' 2> /dev/null < /dev/null)" = 1 ] || refuse "it leads by now, or MariaDB does not answer; nothing was touched." ;;
esac
step "stops MariaDB"
systemctl stop mariadb.service || refuse "MariaDB could not be stopped."
step "installs packages"
[ -z "$half" ] || dpkg --force-confold --configure -a >> ${log} 2>&1 < /dev/null 8>&-
if [ $# -gt 0 ]; then
  apt 60 install "$@" || refuse "its packages could not be installed: $(why)"
fi
half=$(half)
[ -z "$half" ] || refuse "dpkg has not finished: $(printf '%s' "$half" | head -n 1)."
# Nobody should have started MariaDB. Where somebody did, it is stopped again: only its agent knows how it may start.
systemctl is-active -q rampart-agent.service || ! systemctl is-active -q mariadb.service || systemctl stop mariadb.service
step "starts its agent"
echo "RESULT {}"
`;
