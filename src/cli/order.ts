import { RampartError } from "../base/problem.ts";
import type { World } from "../converge/world.ts";
import { acmeOf, openingTier } from "../model/certificate.ts";
import { hostsOf } from "../model/topology.ts";
import { state } from "../roles/monitor/issuer-program.ts";
import { run } from "../ssh/run.ts";

/**
 * Orders the public certificate now, due or not, and brings it to every host that opens visitors' TLS and answers. Throws a
 * RampartError when the authority gives none; what is served then stays.
 */
export async function orderPublic(world: World): Promise<void> {
  const { topology } = world;
  const issuer = hostsOf(topology, "monitor")[0];
  if (acmeOf(topology.site) === undefined || issuer === undefined) {
    throw new RampartError("There is nothing to order", [
      {
        path: "tls.certificate",
        reason: "the public certificate of this site does not come from an authority by ACME.",
        remedy: "One of the site's own CA is renewed by its file: rampart cert list",
      },
    ]);
  }
  world.emit({ type: "certificate.order.started", host: issuer.name });
  const answer = await run(world.targetOf(issuer.name), orderScript, { timeoutMs: 320_000 });
  if (!answer.stdout.includes("ORDERED")) {
    const said = answer.stdout.trim().split("\n").slice(-4).join("\n") || answer.stderr.trim() || "no answer";
    throw new RampartError(
      "No certificate was issued; visitors are served the one that there is",
      [
        {
          path: issuer.name,
          reason: said,
          remedy: "docs/runbooks/CertificateOrderFailed.md tells what each answer means.",
        },
      ],
      `rampart logs ${issuer.name} rampart-acme`,
    );
  }
  const serving = hostsOf(topology, openingTier(topology.site));
  await Promise.all(
    serving.map((host) =>
      run(world.targetOf(host.name), "systemctl start rampart-certificate.service", { timeoutMs: 60_000 }),
    ),
  );
}

/** A run that was under way already may not have seen the wish: then one more. */
const orderScript = `since=$(date +%s)
touch ${state.renew} || exit 1
systemctl start rampart-acme.service
[ ! -e ${state.renew} ] || systemctl start rampart-acme.service
if [ ! -e ${state.renew} ] && [ ! -e ${state.failures} ]; then echo ORDERED; exit 0; fi
rm -f ${state.renew}
journalctl -q -o cat -u rampart-acme.service --since "@$since" | grep -vE '^(Starting|Finished|rampart-acme)' | tail -n 4`;
