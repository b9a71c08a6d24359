import { backupPaths } from "./backup-paths.ts";
import { paths } from "./paths.ts";

/**
 * What all programs of backups begin with: settings, words for refusals, SQL, and the store. They end with
 * exit 3 after a refusal ("refused: …", then "remedy: …"), with 1 after a failure.
 */
export function backupCommon(header: string): string {
  return `# ${header}\n${settings}${words}${database}${store}${figures}`;
}

/** How a program begins. */
export function backupProgram(header: string, text: string): string {
  return `#!/bin/bash\n# ${header}\n. ${backupPaths.common}\n${text}`;
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

const settings = `set -euo pipefail
umask 077
export TZ=UTC LC_ALL=C.UTF-8
. ${backupPaths.settings}
state=${backupPaths.state}
mkdir -p $state ${backupPaths.cache}
export RESTIC_PASSWORD_FILE=${backupPaths.password} RESTIC_CACHE_DIR=${backupPaths.cache} RESTIC_PROGRESS_FPS=0.2
if [ -e ${backupPaths.credentials} ]; then
  # Nothing but what S3 asks for is taken from it.
  case $STORE in s3:*) set -a; . <(grep -E '^AWS_[A-Z_]+=[A-Za-z0-9/+=_.-]*$' ${backupPaths.credentials}); set +a ;; esac
fi
# Started by systemd, not by somebody who waits for the answer.
unit=$(printenv INVOCATION_ID || true)
# The site has named another store since this program began: what it could not finish is nobody's failure.
moved() { [ "$STORE" != "$(. ${backupPaths.settings}; echo "$STORE")" ]; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
`;

const words = String.raw`
# The reason is what the operator reads; the remedy is what to do.
refuse() {
  if [ -n "$unit" ] && moved; then
    echo "given up, since the site names another store now: $1"
    exit 0
  fi
  printf 'refused: %s\nremedy: %s\n' "$1" "$2" >&2
  exit 3
}
step() { printf 'STEP %s\n' "$*"; }
iso() { printf '%(%Y-%m-%dT%H:%M:%SZ)T\n' "$1"; }
seconds() { date -u -d "$1" +%s; }
sequence() { [[ $1 =~ [0-9]+$ ]] && echo $((10#$BASH_REMATCH)); }
# recall FILE ELSE: its first line in $value.
recall() {
  value=
  [ ! -e "$1" ] || read -r value < "$1" || true
  [ -n "$value" ] || value=$2
}
`;

const database = String.raw`
# A quoted identifier.
quoted() { printf '\140%s\140' "$(sed 's/\x60/&&/g' <<< "$1")"; }

# As root by the unix socket; nothing may hang for ever.
client() { timeout 25 mariadb --no-defaults --protocol=socket --socket="$1" --user=root --batch --raw --skip-column-names; }
sql() { client ${paths.socket} <<< "$1"; }

# fit: this member has what the site writes, and says so itself. standing: primary or replica.
look() {
  local answer fit
  answer=$(curl -sS --max-time 3 --unix-socket ${paths.agentSocket} http://agent/status 2> /dev/null) || answer='{}'
  answer=$(jq -r '"\(.standing // "unset") \(
    if (.standing == "replica" and .ioRunning == "Yes" and .sqlRunning == "Yes" and (.lagSeconds // 9999) <= 60)
      or (.standing == "primary" and .readOnly == false) then "fit" else "unfit" end)"' <<< "$answer" 2> /dev/null) || answer='unset unfit'
  read -r standing fit <<< "$answer" || true
  [ "$fit" = fit ]
}
`;

const store = `
# store PART ARGUMENTS: restic on one of the two repositories. Its complaint is in $scratch/said. The logs have a repository
# of their own, so that what tidies one up never keeps the other waiting.
store() {
  local part=$1
  shift
  [ -z "$STORE_OPTION" ] || set -- -o "$STORE_OPTION" "$@"
  [ -z "$STORE_TRUST" ] || set -- --cacert "$STORE_TRUST" "$@"
  timeout --kill-after=10 "$limit" restic --quiet --repo "$STORE$part" "$@" 2> "$scratch/said"
}
limit=60

complained() { grep -qiE "$1" "$scratch/said"; }

# judge_store CODE: why the store refused, in one line in $why, and what to do in $remedy, from restic's exit code and its words.
judge_store() {
  local last
  last=$(grep -v '^$' "$scratch/said" | tail -n 1 | sed -e 's/^{.*"message":"//' -e 's/"}$//' -e 's/^Fatal: //' | cut -c 1-300)
  remedy="See that the store is up, then run the same again: docs/runbooks/BackupLogsBehind.md"
  case $1 in
    10)
      why="there is no repository in the store $STORE_NAME"
      remedy="If it is a disk, mount it. To begin anew: rm $state/repository-* on all database hosts" ;;
    11)
      why="the store $STORE_NAME is locked by another run"
      remedy="Wait until the other run has ended" ;;
    12)
      why="the store $STORE_NAME was made with another key than this site's: nothing in it can be read"
      remedy="Bring back the site's secrets with which it was made (.rampart/*.age), or name another store: database.backup.store" ;;
    *)
      if complained 'no space|not enough space|disk full|quota|ENOSPC|insufficient storage'; then
        why="the store $STORE_NAME is full"
        remedy="Give the store more room, or keep less: database.backup.keep. What it holds stays as it is"
      elif complained 'host key verification failed|host identification has changed'; then
        why="the store $STORE_NAME shows another SSH host key than before: it may be another machine"
        remedy="If it was set up anew, forget the old key: rm $state/known_hosts on all database hosts"
      elif complained 'permission denied \\(|too many authentication failures|InvalidAccessKeyId|SignatureDoesNotMatch|Access Key Id|access ?denied|forbidden'; then
        why="the store $STORE_NAME does not accept this site's credentials"
        remedy="See that the file of database.backup.credentials holds what the store knows, then: rampart apply"
      elif complained 'x509: |failed to verify certificate'; then
        why="the store $STORE_NAME shows a certificate that nobody vouches for ($last)"
        remedy="Name the authority of its certificate: database.backup.trust"
      elif [ "$1" = 124 ] || [ "$1" = 137 ]; then
        why="the store $STORE_NAME did not answer within $limit s"
      elif complained 'connection refused|no route|timed out|unreachable|unexpected EOF|connection lost|broken pipe|unable to start the sftp'; then
        why="the store $STORE_NAME cannot be reached ($last)"
      else
        why="the store $STORE_NAME refused: $last"
      fi ;;
  esac
}
why_store() { judge_store "$1"; echo "$why"; }
refuse_store() { judge_store "$1"; refuse "$why" "$remedy"; }

# A list of snapshots as JSON. Without a lock, so that a look never waits and never writes.
snapshots() { store "$1" snapshots --json --no-lock; }
`;

const figures = `
# For the monitor, written when they have changed. A figure that is not known yet is the time at which this host began, so
# that nothing is alarmed on before it could be; that time is told beside them, so that it is shown as what it is.
figures() {
  local name since text kept=''
  recall ${backupPaths.since} "$EPOCHSECONDS"
  since=$value
  [ -s ${backupPaths.since} ] || echo "$since" > ${backupPaths.since}
  text="rampart_backup_since_timestamp_seconds $since"$'\\n'
  for name in logs base proven; do
    recall $state/figure-$name "$since"
    text+="rampart_backup_"$name"_timestamp_seconds $value"$'\\n'
  done
  for name in store_failed drill_failed; do
    recall $state/figure-$name 0
    text+="rampart_backup_$name $value"$'\\n'
  done
  [ ! -e ${backupPaths.metrics} ] || IFS= read -rd '' kept < ${backupPaths.metrics} || true
  [ "$text" != "$kept" ] || return 0
  umask 022
  printf %s "$text" > ${backupPaths.metrics}.$$
  umask 077
  mv -f ${backupPaths.metrics}.$$ ${backupPaths.metrics}
}
`;
