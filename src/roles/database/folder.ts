import { galeraPaths, paths } from "./paths.ts";

/**
 * The program that runs before MariaDB starts: an empty data folder is made, a vanished one is not made anew.
 * @param member file that says that this host had a database before.
 */
export function folderProgram(header: string, member: string = paths.member): string {
  return `#!/bin/sh\n# ${header}\n${member === paths.member ? otherMode : ""}${text(member)}`;
}

/** A member of a Galera cluster holds what no agent knows of. */
const otherMode = `if [ -e ${galeraPaths.belonged} ]; then
  echo "refused: the data in ${paths.data} are those of mode galera; a site does not change its mode in place" >&2
  exit 1
fi
`;

const text = (member: string) => `set -eu
[ ! -d ${paths.data}/mysql ] || exit 0
if [ -e ${member} ]; then
  echo "refused: ${paths.data} is empty, but this host had a database. Is its disk mounted? To have it built anew from another member: rm ${member}" >&2
  exit 1
fi
exec mariadb-install-db --user=mysql --datadir=${paths.data} --skip-test-db --auth-root-authentication-method=socket
`;
