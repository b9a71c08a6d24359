import { duration, plural } from "../base/text.ts";
import type { BackupList, ComparedTable, RestoreResult, StoredBackup, TableFacts } from "../model/backups.ts";
import { agoText } from "./database.ts";
import { table } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** `rampart db backups`: what the store holds, the window of any second, the last proof. */
export function backupsText(list: BackupList, style: Style, now: Date): string {
  const paint = colors(style);
  const head = ["backup of (UTC)", "made on", "holds", "added", "up to"].map(paint.dim);
  const rows = list.backups
    .toReversed()
    .map(({ at, host, bytes, stored, gtid }) => [moment(at), host, sizeText(bytes), sizeText(stored), gtid]);
  const backups = rows.length === 0 ? "  There is no backup yet." : table([head, ...rows]);
  return [backups, [windowLine(list, now), drillLine(list, now), `  store      ${list.store}`].join("\n")].join("\n\n");
}

/** From the oldest backup that logs follow on, to the newest log. */
function windowLine({ backups, logs, keeper }: BackupList, now: Date): string {
  const to = logs
    .map((one) => one.to)
    .toSorted()
    .at(-1);
  const earliest = Math.min(...logs.map(({ after }) => after));
  const from = backups.find(({ gtid }) => Number(gtid.split("-").at(-1)) > earliest)?.at;
  if (to === undefined || from === undefined) return "  any second not yet: a backup and the logs after it are needed";
  const behind = duration(Math.max(0, now.getTime() - Date.parse(to)));
  return `  any second from ${moment(from)} to ${moment(to)}, ${behind} ago; ${keeper ?? "nobody"} ships the logs`;
}

function drillLine({ drills }: BackupList, now: Date): string {
  const last = drills.at(-1);
  if (last === undefined) return "  proved     never: no drill was carried out yet";
  const when = agoText(last.at, now);
  return last.proved
    ? `  proved     ${when}, on ${last.host} in ${last.seconds} s, to the second ${moment(last.to)}`
    : `  proved     NOT: the drill ${when} on ${last.host} failed: rampart logs ${last.host} rampart-backup-drill`;
}

/** What `rampart db backup` made. */
export function madeText({ host, at, gtid, bytes, stored }: StoredBackup, seconds: number): string {
  return `A backup of ${host} is in the store after ${seconds} s: as at ${moment(at)} UTC, up to ${gtid}, ${sizeText(bytes)}, of which ${sizeText(stored)} were added.`;
}

/** What `rampart db restore --to` made, and how it differs from what is live. `socket` is the restored instance's. */
export function restoredText(result: RestoreResult, socket: string, style: Style): string {
  const paint = colors(style);
  const { host, to, backup, replayed, seconds, proof } = result;
  const proved =
    proof.by === "live rows"
      ? `${plural(proof.rows, "row")} of the canary are the same as in the live database, up to ${moment(proof.last)}; none is too many`
      : `${plural(proof.rows, "row")} of the canary follow one another up to ${moment(proof.last)}; the live database has none to compare`;
  const head = ["table", "restored", "live", ""].map(paint.dim);
  const rows = result.tables.map((one) => [
    `${one.database}.${one.table}`,
    rowsText(one.restored),
    rowsText(one.live),
    differenceText(one),
  ]);
  return `${to} stands beside the live database, on ${host}, after ${seconds} s: the backup of ${moment(backup.at)} and ${plural(replayed, "transaction")} after it.

  proved     ${proved}

${table([head, ...rows])}

  look inside    ${paint.command(`rampart exec ${host} -- mariadb --socket=${socket}`)}
  swap it in     ${paint.command("rampart db restore --swap")}
  remove it      ${paint.command("rampart db restore --drop")}`;
}

function rowsText(facts: TableFacts | null): string {
  return facts === null ? "-" : plural(facts.rows, "row");
}

function differenceText({ restored, live }: ComparedTable): string {
  if (restored === null) return "made since then";
  if (live === null) return "is gone since then";
  if (restored.checksum === live.checksum) return "the same";
  return "changed since then";
}

function moment(at: string): string {
  return at.slice(0, 19).replace("T", " ");
}

function sizeText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
}
