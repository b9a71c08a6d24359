import { paths } from "./paths.ts";

/**
 * The program that brings MariaDB to its standing after each of its starts. The option file boots every member read-only,
 * with replication stopped and semi-sync off, so that a host that was away never takes or acknowledges writes by itself.
 *
 * Exit 0: standing reached. 1: not now, systemd tries again. 3: refused, a person must decide.
 */
export function standingProgram(header: string): string {
  return `#!/bin/sh\n# ${header}\n${common}${refusals}${accounts}${primary}${replica}${story}`;
}

// The shell text below uses $name only, never braces, so that String.raw leaves it alone.

const common = String.raw`
set -eu
umask 077
. ${paths.settings}
state=${paths.state}

# The line that begins with "refused" or "failed" is what the operator reads: one reason, one way on.
refuse() { echo "refused: $*" >&2; exit 3; }
fail() { echo "failed: $*" >&2; exit 1; }

# SQL from standard input, as root by the unix socket. Nothing may hang for ever: commits wait without end when no
# replica acknowledges them.
client() { timeout 20 mariadb --no-defaults --protocol=socket --socket=${paths.socket} --user=root --batch "$@"; }
sql() { client --skip-column-names; }
ask() { printf '%s\n' "$1" | sql; }

# How it stands, in one question: each call of the client costs as much as all of its questions.
look() {
  facts=$(client << 'END'
SELECT @@gtid_binlog_pos AS history, @@version AS version, @@read_only AS read_only, @@rpl_semi_sync_slave_enabled AS voter\G
SHOW SLAVE STATUS\G
END
  )
}
field() { printf '%s\n' "$facts" | sed -n "s/^ *$1: \{0,1\}//p" | head -n 1; }

record() { printf '%s\n' "$1" > "$state/standing.new" && sync "$state/standing.new" && mv "$state/standing.new" "$state/standing"; }
digest() { sha256sum < "$1" | cut -d ' ' -f 1; }

wait_for_server() {
  tries=0
  until look 2> /dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "MariaDB does not answer at ${paths.socket}; see journalctl -u mariadb"
    sleep 0.05
  done
  history=$(field history)
  source=$(field Master_Host)
}

# System tables of an older version are brought up to date on each member by itself, before it serves.
upgrade() {
  version=$(field version)
  case $(cat ${paths.data}/mariadb_upgrade_info 2> /dev/null) in "$(echo "$version" | cut -d - -f 1)-"*) return 0 ;; esac
  mariadb-upgrade --no-defaults --socket=${paths.socket} --user=root --silent || fail "mariadb-upgrade did not succeed"
}
`;

const refusals = String.raw`
# What the data on this host are must fit what the site says; nothing is guessed.
check_primary() {
  case $was in
    replica) refuse "$HOST holds a replica, but the site names it as the primary. Making it one needs a failover, not a new start." ;;
    primary) [ -n "$history" ] || refuse "$HOST was the primary, but its database is empty. If another member has the data, it must become the primary; to begin anew, remove $state/standing on all database hosts." ;;
  esac
  [ -z "$source" ] || refuse "$HOST replicates from $source, but the site names it as the primary. Making it one needs a failover, not a new start."
  [ -n "$history" ] || nobody_else_has_data
}

check_replica() {
  case $was in
    primary) refuse "$HOST was the primary and may hold writes that no other member has, but the site names $PRIMARY. It must be compared and seeded anew." ;;
    '') [ -z "$history" ] || [ -n "$source" ] || refuse "$HOST has a database of its own (up to $history), but the site names it as a replica of $PRIMARY. Empty it, or make it the primary." ;;
  esac
  [ -z "$source" ] || [ "$source" = "$PRIMARY" ] || refuse "$HOST replicates from $source, but the site names $PRIMARY as the primary."
}

# An empty host that becomes the primary would begin a second history beside the one that others hold.
nobody_else_has_data() {
  for other in $OTHERS; do
    theirs=$(echo 'SELECT @@gtid_binlog_pos' | timeout 2 mariadb --defaults-file=${paths.member} --connect-timeout=1 \
      --host="$other" --batch --skip-column-names 2> /dev/null) || continue
    [ -z "$theirs" ] || refuse "$HOST is empty, but $other holds a database (up to $theirs). Seed $HOST from it, or make $other the primary."
  done
}
`;

const accounts = `
# Accounts and databases as the site names them. Equal digest: nothing is written, so nothing is replicated.
apply_accounts() {
  wanted=$(digest ${paths.accounts})
  have=$(ask "SELECT value FROM rampart.setting WHERE name = 'accounts'" 2> /dev/null) || have=
  [ "$have" != "$wanted" ] || return 0
  sql < ${paths.accounts} || fail "the accounts could not be written: on a primary whose commits wait, a voter must be connected first"
  # Accounts that an earlier site file had, and those of the installation that nobody needs.
  ask "SELECT CONCAT('DROP USER IF EXISTS ', QUOTE(user), '@', QUOTE(host), ';') FROM rampart.account WHERE wanted = 0
    UNION SELECT CONCAT('DROP USER IF EXISTS ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.global_priv
    WHERE (User = '' AND Host <> '') OR (User = 'root' AND Host <> 'localhost')" > "$state/drop.sql"
  sql < "$state/drop.sql"
  rm -f "$state/drop.sql"
  ask "DELETE FROM rampart.account WHERE wanted = 0; REPLACE INTO rampart.setting VALUES ('accounts', '$wanted')"
  echo "accounts written"
}
`;

const primary = `
# From here on a commit is acknowledged only when a voter has it. The time-out is read back, because MariaDB turns some
# values into 0 (instantly asynchronous) without an error.
enable_semi_sync() {
  query="SELECT CONCAT_WS(' ', @@rpl_semi_sync_master_enabled, @@rpl_semi_sync_master_wait_point,
    @@rpl_semi_sync_master_wait_no_slave, @@rpl_semi_sync_master_timeout);
    SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_master_status'"
  unlimited='ON AFTER_SYNC ON 18446744073709551615 Rpl_semi_sync_master_status ON'
  seen=$(ask "$query" | xargs)
  [ "$seen" != "$unlimited" ] || return 0
  seen=$(ask "SET GLOBAL rpl_semi_sync_master_timeout = 18446744073709551615;
    SET GLOBAL rpl_semi_sync_master_wait_point = AFTER_SYNC; SET GLOBAL rpl_semi_sync_master_wait_no_slave = ON;
    SET GLOBAL rpl_semi_sync_master_enabled = ON; $query" | xargs)
  [ "$seen" = "$unlimited" ] || fail "semi-sync is '$seen' instead of '$unlimited'; $HOST stays read-only"
}

become_primary() {
  check_primary
  # Straight after a start these writes need no acknowledgement, else the accounts by which replicas connect could never
  # be made. They are Rampart's own and can be written again; nobody else can write yet.
  apply_accounts
  [ "$was" = primary ] || record primary
  if [ "$VOTERS" -gt 0 ]; then
    enable_semi_sync
  elif [ "$(ask 'SELECT @@rpl_semi_sync_master_enabled')" = 1 ]; then
    ask 'SET GLOBAL rpl_semi_sync_master_enabled = OFF'
  fi
  if [ "$(field read_only)" != 0 ]; then
    ask 'SET GLOBAL read_only = OFF'
    echo "$HOST is the primary and takes writes"
  fi
}
`;

const replica = String.raw`
# Starting replication with both threads stopped deletes the relay log, and fetches again what was not applied yet. Until
# the primary has answered, a second name keeps the files: they may hold writes that only this host has.
keep_relay_log() {
  mkdir -p ${paths.relay}
  kept=${paths.relay}/$(date +%s.%N)
  mkdir "$kept"
  ln ${paths.data}/relay.[0-9]* "$kept/" 2> /dev/null && sync "$kept" || rmdir "$kept"
}

start_replication() {
  wanted=$(digest ${paths.source})
  if [ -z "$source" ] || [ "$(cat "$state/source" 2> /dev/null)" != "$wanted" ]; then
    [ "$(field Slave_SQL_Running)" != Yes ] || drain
    keep_relay_log
    (cat ${paths.source}; echo 'START SLAVE;') | sql
    printf '%s\n' "$wanted" > "$state/source"
    echo "$HOST replicates from $PRIMARY"
  elif [ "$(field Slave_IO_Running)$(field Slave_SQL_Running)" = NoNo ]; then
    keep_relay_log
    ask 'START SLAVE'
    echo "$HOST replicates again from $PRIMARY"
  else
    # With one thread running the relay log stays.
    [ "$voter_changed" = 0 ] || ask 'STOP SLAVE IO_THREAD'
    ask 'START SLAVE IO_THREAD; START SLAVE SQL_THREAD' 2> /dev/null
  fi
}

# Received but not applied yet: first apply it, then stop.
drain() {
  ask 'STOP SLAVE IO_THREAD'
  look
  received=$(field Gtid_IO_Pos)
  [ -z "$received" ] || [ "$(ask "SELECT MASTER_GTID_WAIT('$received', 15)")" = 0 ] || fail "$HOST has not applied yet what it received ($received)"
  ask 'STOP SLAVE'
}

# Up to a second for the primary's answer. A primary that is away or has no account for this host yet is no failure:
# MariaDB tries again every second.
see_replication() {
  tries=0
  while look; [ "$(field Slave_IO_Running)" != Yes ] && [ $tries -lt 10 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
  [ "$(field Slave_SQL_Running)" = Yes ] || fail "replication has stopped: $(field Last_SQL_Error)"
  case $(field Slave_IO_Running) in
    Yes) rm -rf ${paths.relay} ;;
    No) fail "replication has stopped: $(field Last_IO_Error)" ;;
    *) echo "waiting for $PRIMARY: $(field Last_IO_Error)" ;;
  esac
}

become_replica() {
  check_replica
  [ "$was" = replica ] || record replica
  voter_changed=0
  if [ "$(field voter)$(field read_only)" != "$VOTER"1 ]; then
    ask "SET GLOBAL read_only = ON; SET GLOBAL rpl_semi_sync_slave_enabled = $VOTER"
    voter_changed=1
  fi
  start_replication
  see_replication
}
`;

const story = `
wait_for_server
upgrade
was=$(cat "$state/standing" 2> /dev/null || true)
"become_$STANDING"
`;
