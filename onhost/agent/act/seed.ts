import { type Gtid, type Gtids, gtids } from "../gtid.ts";

/**
 * The binlog state of a member that was seeded up to `position`, from its source's state before and after the backup. Numbers of one domain grow
 * whoever writes, so whatever the source held in the end with a number up to the position lies in the backup.
 */
export function seededHistory(position: Gtids, before: Gtids, after: Gtids): Gtids {
  const last = new Map<string, Gtid>();
  const keep = (gtid: Gtid) => last.set(`${gtid.domain}-${gtid.server}`, gtid);
  const limits = gtids(position) ?? [];
  const within = (gtid: Gtid) => limits.some((one) => one.domain === gtid.domain && gtid.sequence <= one.sequence);
  for (const gtid of gtids(before) ?? []) if (within(gtid)) keep(gtid);
  for (const gtid of gtids(after) ?? []) if (within(gtid)) keep(gtid);
  // Last, so that it is the position: the state's order within a domain counts.
  for (const gtid of limits) {
    last.delete(`${gtid.domain}-${gtid.server}`);
    keep(gtid);
  }
  return [...last.values()].map(({ domain, server, sequence }) => `${domain}-${server}-${sequence}`).join(",");
}

/** The GTID of `mariadb_backup_binlog_info`: its last field. */
export function backupPosition(info: string): Gtids {
  const [, , position = ""] = info.trim().split(/\s+/);
  return position;
}
