import { paths } from "./paths.ts";

/** The program that runs before MariaDB starts: an empty data folder is made, a vanished one is not made anew. */
export function folderProgram(header: string): string {
  return `#!/bin/sh\n# ${header}\n${text}`;
}

const text = `set -eu
[ ! -d ${paths.data}/mysql ] || exit 0
if [ -e ${paths.member} ]; then
  echo "refused: ${paths.data} is empty, but this host had a database. Is its disk mounted? To have it built anew from another member: rm ${paths.member}" >&2
  exit 1
fi
exec mariadb-install-db --user=mysql --datadir=${paths.data} --skip-test-db --auth-root-authentication-method=socket
`;
