import { run } from "../../../src/lab/process.ts";
import { databaseIsWell } from "./database.ts";
import { onHost, rampartDone } from "./rampart.ts";

const data = "/var/lib/mysql";
const stop = "systemctl stop rampart-agent.service mariadb.service";
const start = "systemctl start rampart-agent.service";

/** Fills the disk under the primary's data to the last byte. Before it the data are moved to a file system of their own, after it back. */
export async function fullDisk(lead: string): Promise<() => Promise<void>> {
  await elsewhere(
    lead,
    `${stop}
room=$(( $(du -sm ${data} | cut -f 1) + 48 ))
mv ${data} ${data}.kept
mkdir ${data} && mount -t tmpfs -o size=\${room}m tmpfs ${data}
cp -a ${data}.kept/. ${data}/ && chown --reference=${data}.kept ${data} && chmod --reference=${data}.kept ${data}
rm -r ${data}.kept
${start}`,
  );
  await onHost(lead, `dd if=/dev/zero of=${data}/filler bs=64k 2>&1 | grep -q 'No space left'`);
  return async () => {
    await onHost(lead, `rm ${data}/filler`);
    await databaseIsWell(60);
    await onHost(
      lead,
      `${stop}
cp -a ${data} ${data}.kept && umount ${data} && rmdir ${data} && mv ${data}.kept ${data}
${start}`,
    );
  };
}

const clocked = ["rampart-agent", "etcd", "mariadb"];
const library = "/usr/local/lib/faketime.so";
const clock = "/run/faketime";

/**
 * Puts the clock of the primary's agent, etcd and MariaDB wrong by that many seconds, all at once, and back. Containers have no clock of
 * their own: the programs are told another time by libfaketime, which is taken away again afterwards.
 */
export async function wrongClock(lead: string, seconds: number): Promise<() => Promise<void>> {
  const faked = await fakeLibrary();
  const dropIn = `[Service]
Environment=LD_PRELOAD=${library} FAKETIME_TIMESTAMP_FILE=${clock} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1`;
  await elsewhere(
    lead,
    `base64 -d > ${library} <<'LIBRARY'
${faked}
LIBRARY
echo +0 > ${clock}
for unit in ${clocked.join(" ")}; do
  mkdir -p /run/systemd/system/$unit.service.d
  printf '%s\\n' '${dropIn}' > /run/systemd/system/$unit.service.d/clock.conf
done
systemctl daemon-reload; ${stop} etcd.service; systemctl start etcd.service; ${start}`,
  );
  const put = async (by: number) => void (await onHost(lead, `echo ${by < 0 ? by : `+${by}`} > ${clock}`));
  await put(seconds);
  return async () => {
    await put(0);
    await databaseIsWell(60);
    await onHost(
      lead,
      `rm -f ${clocked.map((unit) => `/run/systemd/system/${unit}.service.d/clock.conf`).join(" ")} ${clock} ${library}
systemctl daemon-reload; ${stop} etcd.service; systemctl start etcd.service; ${start}`,
    );
  };
}

/** Does something to a member while another leads, and makes it lead again. */
async function elsewhere(lead: string, script: string): Promise<void> {
  await rampartDone(["db", "switchover"]);
  await onHost(lead, `set -e\n${script}`);
  await databaseIsWell(60);
  await rampartDone(["db", "switchover", "--to", lead]);
  await databaseIsWell(60);
}

async function fakeLibrary(): Promise<string> {
  const find = "dpkg -L libfaketime 2>/dev/null | grep 'libfaketimeMT.so.1$'";
  const install = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libfaketime > /dev/null";
  const { stdout } = await run(["sh", "-c", `{ ${find} || { ${install} && ${find}; }; } | xargs base64`]);
  return stdout.trim();
}
