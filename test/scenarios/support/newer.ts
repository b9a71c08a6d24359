import { onHost } from "./rampart.ts";

// Newer packages of MariaDB on hosts that reach no archive: those that are installed, packed again under a higher version.

/** What a packed version ends in. */
export const bump = "+rampart1";
const folder = "/srv/newer";
const list = "/etc/apt/sources.list.d/newer.list";

const index = `size=$(stat -c %s Packages) sum=$(sha256sum < Packages | cut -d ' ' -f 1)
printf 'Origin: Rampart\\nLabel: Rampart-Newer\\nSuite: stable\\nSHA256:\\n %s %s Packages\\n' "$sum" "$size" > Release
chmod -R a+rX ${folder}
echo 'deb [trusted=yes] file:${folder} ./' > ${list}`;

/**
 * Every package of the source package, with its own files, control and maintainer scripts: what dpkg does with them is what it does with Debian's.
 * Not compressed, for they are thrown away soon.
 */
const packAgain = `set -e
rm -rf ${folder}; mkdir -p ${folder}/tree; cd ${folder}
: > Packages
for name in $(dpkg-query -W -f '\${source:Package} \${db:Status-Status} \${Package}\\n' | awk '$1 == "mariadb" && $2 == "installed" { print $3 }'); do
  old=$(dpkg-query -W -f '\${Version}' "$name"); new="$old${bump}"; tree=${folder}/tree/$name
  mkdir -p "$tree/DEBIAN"
  dpkg -L "$name" | grep '^/[^.]' | while read -r file; do if [ -e "$file" ] || [ -L "$file" ]; then echo ".$file"; fi; done > files
  tar -C / --no-recursion -T files -cf - | tar -C "$tree" -xpf -
  for file in /var/lib/dpkg/info/"$name".* /var/lib/dpkg/info/"$name":*.*; do
    case $file in *.list | *'*'*) ;; *) cp -p "$file" "$tree/DEBIAN/\${file##*.}" ;; esac
  done
  dpkg-query -s "$name" | awk '/^[^ ]/ { left = ($1 == "Status:" || $1 == "Conffiles:" || $1 == "Config-Version:") } !left' |
    sed "s/$old/$new/g" > "$tree/DEBIAN/control"
  dpkg-deb -Znone -b "$tree" "$name.deb" > /dev/null
  rm -rf "$tree"
  { dpkg-deb -f "$name.deb"
    printf 'Filename: ./%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' "$name" "$(stat -c %s "$name.deb")" "$(sha256sum < "$name.deb" | cut -d ' ' -f 1)"; } >> Packages
done
rm -rf tree files
${index}`;

/** An archive that offers a series that nobody asked for; there is nothing behind it. */
const otherSeries = `set -e
rm -rf ${folder}; mkdir -p ${folder}; cd ${folder}
printf 'Package: mariadb-server\\nSource: mariadb\\nVersion: 1:12.3.1-1\\nArchitecture: %s\\nFilename: ./none.deb\\nSize: 1\\nSHA256: %064d\\nDescription: another series\\n' "$(dpkg --print-architecture)" 0 > Packages
${index}`;

export async function offerNewer(hosts: readonly string[]): Promise<void> {
  for (const host of hosts) await onHost(host, packAgain, { timeoutMs: 300_000 });
}

export async function offerOtherSeries(hosts: readonly string[]): Promise<void> {
  await Promise.all(hosts.map((host) => onHost(host, otherSeries)));
}

/** The archive is gone, and what apt knew of it. */
export async function offerNothing(hosts: readonly string[]): Promise<void> {
  const undo = `rm -rf ${folder} ${list} /var/lib/apt/lists/_srv_newer_*`;
  await Promise.all(hosts.map((host) => onHost(host, undo)));
}
