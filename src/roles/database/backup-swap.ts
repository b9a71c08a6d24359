import { restoredInstance } from "../../contract/backup.ts";
import { backupProgram } from "./backup-common.ts";
import { paths } from "./paths.ts";

/**
 * Brings restored databases into the live one, through the primary, so that they are replicated like any write: histories stay
 * whole and no member is stopped. `backup-swap export NAME` puts what was restored into the store; `backup-swap load`, on the
 * primary, takes it from there into databases beside the live ones, compares it, and exchanges all tables by one statement that
 * takes effect as a whole. What was live stays, in databases called before_<time>_<name>.
 */
export function swapProgram(header: string): string {
  return backupProgram(header, `${exporting}${loading}${exchanging}${story}`);
}

// The shell text uses $name only, never braces, so that String.raw leaves it alone.

const exporting = String.raw`
export_restored() {
  local name=$1 socket database code=0
  socket=${restoredInstance("$name").socket}
  [ -e "${restoredInstance("$name").result}" ] || refuse "there is no proved restore called $name on $HOST" "Make one: rampart db restore --to TIME"
  limit=86400
  : > "$scratch/dumps"
  for database in $DATABASES; do
    printf 'USE %s' "$(quoted "$database")" | client "$socket" 2> /dev/null || continue
    step "putting $database into the store"
    # A commit for each statement of a megabyte: one for a whole table would stand before all writes of the site until replicas
    # have it.
    store base backup --json --host "$HOST" --retry-lock 10m --tag swap --tag "database=$database" --stdin-filename "$database.sql" --stdin-from-command -- \
      mariadb-dump --no-defaults --socket="$socket" --user=root --single-transaction --quick --hex-blob --skip-lock-tables --skip-add-locks --skip-disable-keys --skip-triggers --skip-no-autocommit \
      --max-allowed-packet=1G --net-buffer-length=1M "$database" > "$scratch/summary" || code=$?
    [ $code = 0 ] || refuse_store $code
    jq -c --arg database "$database" 'select(.message_type == "summary") | { database: $database, id: .snapshot_id }' "$scratch/summary" >> "$scratch/dumps"
  done
  jq -c -s --slurpfile result "${restoredInstance("$name").result}" '{ dumps: ., tables: [$result[0].tables[] | select(.restored)] }' "$scratch/dumps" | sed 's/^/RESULT /'
}
`;

const loading = String.raw`
# A load waits for replicas like any write; it may take long.
load_client() { mariadb --no-defaults --protocol=socket --socket=${paths.socket} --user=root --binary-mode --max-allowed-packet=1G "$@"; }
# Ten seconds without an answer, or a replica's, are needed for a no: under load an agent answers late. Why not is in $wrong.
leads() {
  local try
  for try in 1 2 3 4 5; do
    if look && [ "$standing" = primary ]; then return; fi
    wrong="$HOST is a replica now, not the primary"
    if [ "$standing" = replica ]; then return 1; fi
    sleep 2
  done
  wrong="the agent of $HOST has not said for ten seconds that it takes writes"
  return 1
}

load_dumps() {
  local database id new
  jq -r '.dumps[] | "\(.database) \(.id)"' "$scratch/wish" > "$scratch/dumps"
  limit=86400
  while read -r database id; do
    step "loading $database beside the live one, through the primary"
    new=$(quoted "rampart_new_$database")
    sql "DROP DATABASE IF EXISTS $new; CREATE DATABASE $new CHARACTER SET utf8mb4" ||
      refuse "the primary took no new database" "See what is wrong: rampart db status"
    store base dump --no-lock "$id" "$database.sql" | load_client "rampart_new_$database" 2> "$scratch/load" ||
      give_up "$database could not be loaded: $(tail -n 1 "$scratch/load") $(tail -n 1 "$scratch/said")"
    leads || give_up "$wrong"
  done < "$scratch/dumps"
}

# What was loaded must be what was proved, table by table.
compare_loaded() {
  local database table rows checksum seen place
  step "comparing what was loaded with what was proved"
  jq -r '.tables[] | [.database, .table, (.restored.rows | tostring), .restored.checksum] | @tsv' "$scratch/wish" > "$scratch/tables"
  while IFS=$(printf '\t') read -r database table rows checksum; do
    place=$(quoted "rampart_new_$database").$(quoted "$table")
    seen=$(printf 'SELECT COUNT(*) FROM %s; CHECKSUM TABLE %s;\n' "$place" "$place" | load_client --batch --skip-column-names | awk -F '\t' 'NR == 1 { rows = $1 } NR == 2 { print rows "\t" $NF }')
    [ "$seen" = "$(printf '%s\t%s' "$rows" "$checksum")" ] || give_up "$database.$table is not what was restored: $seen instead of $rows rows with checksum $checksum"
  done < "$scratch/tables"
}

give_up() {
  local database id
  while read -r database id; do
    sql "DROP DATABASE IF EXISTS $(quoted "rampart_new_$database")" 2> /dev/null || true
  done < "$scratch/dumps"
  refuse "$1" "The live database is as it was. Run rampart db restore --swap again"
}
`;

const exchanging = String.raw`
tables_of() { sql "SELECT table_name FROM information_schema.tables WHERE table_schema = '$1' AND table_type = 'BASE TABLE'"; }

exchange() {
  local database id table before parts=
  before=before_$(date -u +%Y%m%dt%H%M%S)
  while read -r database id; do
    sql "CREATE DATABASE IF NOT EXISTS $(quoted "$database") CHARACTER SET utf8mb4; CREATE DATABASE $(quoted "$before"_"$database") CHARACTER SET utf8mb4"
    while IFS= read -r table; do
      parts="$parts, $(quoted "$database").$(quoted "$table") TO $(quoted "$before"_"$database").$(quoted "$table")"
    done < <(tables_of "$database")
    while IFS= read -r table; do
      parts="$parts, $(quoted "rampart_new_$database").$(quoted "$table") TO $(quoted "$database").$(quoted "$table")"
    done < <(tables_of "rampart_new_$database")
  done < "$scratch/dumps"
  [ -n "$parts" ] || give_up "nothing was restored that could be swapped in"
  step "exchanging all tables at once"
  # Transactions that hold a table are waited for, and not for long: others wait behind this statement.
  printf 'SET SESSION lock_wait_timeout = 10; SET SESSION foreign_key_checks = 0; RENAME TABLE %s;\n' "$(cut -c 3- <<< "$parts")" | load_client 2> "$scratch/load" || {
    while read -r database id; do sql "DROP DATABASE IF EXISTS $(quoted "$before"_"$database")" || true; done < "$scratch/dumps"
    give_up "the tables could not be exchanged: $(tail -n 1 "$scratch/load")"
  }
  while read -r database id; do
    sql "DROP DATABASE IF EXISTS $(quoted "rampart_new_$database")" || true
  done < "$scratch/dumps"
  jq -c --arg before "$before" '{ swapped: [.dumps[].database], kept: [.dumps[] | "\($before)_\(.database)"] }' "$scratch/wish" | sed 's/^/RESULT /'
}
`;

const story = `
case $1 in
  export) export_restored "$2" ;;
  load)
    exec 9> $state/swap.lock
    flock -n 9 || refuse "a swap is under way on $HOST already" "Wait for its end"
    cat > "$scratch/wish"
    leads || refuse "$wrong" "See who leads: rampart db status"
    load_dumps
    compare_loaded
    leads || give_up "$wrong"
    exchange
    store base forget --retry-lock 5m $(jq -r '.dumps[].id' "$scratch/wish") > /dev/null || true ;;
  *) refuse "backup-swap knows export and load" "rampart db restore --swap calls it" ;;
esac
`;
