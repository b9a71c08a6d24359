import { paths } from "./paths.ts";

/**
 * The program that says in one line of JSON how MariaDB on this host stands (DatabaseStatus in contract/database.ts). With
 * the word `check` it says instead whether that is what the site wants: exit 1 and a reason when it is not.
 *
 * It reads variables, SHOW STATUS and SHOW SLAVE STATUS only, within two seconds: much else hangs just when commits wait.
 */
export function statusProgram(header: string): string {
  return `#!/bin/sh\n# ${header}\n${text}`;
}

const text = String.raw`set -u
. ${paths.settings}
standing=$(cat ${paths.state}/standing 2> /dev/null || echo unset)
facts=$(printf '%s\n' "SELECT CONCAT('read_only: ', @@read_only), CONCAT('gtid: ', @@gtid_binlog_pos)\G" \
  "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_%'\G" 'SHOW SLAVE STATUS\G' |
  timeout 2 mariadb --no-defaults --protocol=socket --socket=${paths.socket} --user=root --batch --raw 2>&1)
alive=$?

printf '%s\n' "$facts" | awk -v host="$HOST" -v standing="$standing" -v wanted="$STANDING" -v voter="$VOTER" \
  -v voters="$VOTERS" -v alive="$alive" -v mode="$*" '
  function after(mark) { return substr($0, index($0, mark) + length(mark)) }
  function text(value) { gsub(/\\/, "\\\\", value); gsub(/"/, "\\\"", value); gsub(/[\001-\037]/, " ", value); return "\"" value "\"" }
  function maybe(value) { return value == "" ? "null" : text(value) }
  function truth(value) { return value == "" ? "null" : (value == "1" || value == "ON") ? "true" : "false" }
  function number(value) { return value ~ /^[0-9]+$/ ? value : "null" }
  # Names and values come as "name: value"; those of SHOW STATUS on two lines.
  / read_only: / { read_only = after(" read_only: ") }
  / gtid: / { gtid = after(" gtid: ") }
  /^ *Variable_name: / { name = $2 }
  /^ *Value: / { status[name] = $2 }
  /^ *(Seconds_Behind_Master|Slave_IO_Running|Slave_SQL_Running|Last_IO_Error|Last_SQL_Error): / {
    key = $1; sub(/:$/, "", key); slave[key] = after(": ")
  }
  { last = $0 }
  function wrong() {
    if (alive == 124) return "MariaDB did not answer within 2 s"
    if (alive != 0) return "MariaDB does not answer: " last
    if (slave["Last_SQL_Error"] != "") return slave["Last_SQL_Error"]
    return slave["Last_IO_Error"]
  }
  function unmet() {
    if (alive != 0) return wrong()
    if (standing != wanted) return host " is " standing ", the site wants it to be " wanted
    if (wanted == "primary") {
      if (read_only != "OFF") return host " is the primary but takes no writes"
      if (voters > 0 && status["Rpl_semi_sync_master_status"] != "ON") return "semi-sync is off on " host
      if (voters > 0 && status["Rpl_semi_sync_master_clients"] < 1) return "no replica acknowledges the writes of " host
      return ""
    }
    if (read_only != "ON") return host " is a replica but takes writes"
    if (slave["Slave_SQL_Running"] != "Yes" || slave["Slave_IO_Running"] != "Yes")
      return "replication on " host " does not run: " wrong()
    if (slave["Seconds_Behind_Master"] !~ /^[0-4]$/) return host " is " slave["Seconds_Behind_Master"] " s behind the primary"
    if (voter && status["Rpl_semi_sync_slave_status"] != "ON") return host " does not acknowledge writes"
    return ""
  }
  END {
    if (mode == "check") { reason = unmet(); if (reason != "") print reason; exit reason != "" }
    primary = standing == "primary"
    semi = status[primary ? "Rpl_semi_sync_master_status" : "Rpl_semi_sync_slave_status"]
    printf "{\"host\":%s,\"standing\":%s,\"readOnly\":%s,\"semiSync\":%s,", text(host), text(standing), truth(read_only), truth(semi)
    printf "\"clients\":%s,\"unacknowledged\":%s,", number(status["Rpl_semi_sync_master_clients"]), number(status["Rpl_semi_sync_master_no_tx"])
    printf "\"voter\":%s,\"lagSeconds\":%s,", truth(voter), primary && alive == 0 ? 0 : number(slave["Seconds_Behind_Master"])
    printf "\"ioRunning\":%s,\"sqlRunning\":%s,", maybe(slave["Slave_IO_Running"]), maybe(slave["Slave_SQL_Running"])
    printf "\"error\":%s,\"gtid\":%s}\n", text(wrong()), alive == 0 ? text(gtid) : "null"
  }'
`;
