import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { say, shopIsUp } from "./support/lab.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { shop, writeSite } from "./support/site.ts";
import { ensureTestssl, type TlsFinding, type TlsReport, tlsReport } from "./support/testssl.ts";
import { eventually } from "./support/time.ts";
import { ask } from "./support/visitor.ts";

// What visitors' programs are offered, as testssl.sh judges it, wherever their TLS ends.

/** A CA of the site's own publishes no list of what it took back: its certificates live for days instead. */
const exceptions = /^cert_revocation( <hostCert#\d+>)?$/;
const severe = new Set(["MEDIUM", "HIGH", "CRITICAL", "FATAL"]);
/** What testssl.sh itself cannot look at (WARN): GOST, which its OpenSSL lacks; tickets that are asked for and not given. */
const untold = new Set(["engine_problem", "sessionresumption_ticket"]);

let image: string;

beforeAll(async () => {
  await shopIsUp();
  image = await ensureTestssl();
});

afterAll(async () => {
  writeSite();
  await rampartDone(["apply"]);
});

describe.each(["balancer", "web"] as const)("visitors' TLS ends at the %s", (place) => {
  let report: TlsReport;

  beforeAll(async () => {
    writeSite([["  web: {", `  tls: { terminate: "${place}" },\n  web: {`]]);
    await rampartDone(["apply"]);
    expect((await ask("/search?q=mug")).status).toBe(200);
    const caFile = join(shop.folder, ".rampart/lab-ca.crt");
    report = await tlsReport(image, { name: shop.name, address: shop.virtual, domain: shop.domain, caFile });
    say(`${place}: rated ${report.grade}, ${report.score} of 100, in ${(report.durationMs / 1000).toFixed(0)} s`);
    // testssl.sh makes processes by the ten thousand: four minutes on one machine, more than eight on another.
  }, 3_000_000);

  test("it is rated A+, and nothing lowers it", () => {
    expect(report.grade).toBe("A+");
    expect(report.score).toBeGreaterThanOrEqual(90);
    expect(report.findings.filter((one) => /^grade_cap/.test(one.id)).map(inWords)).toEqual([]);
  });

  test("nothing is found of severity medium or above but what is a named exception", () => {
    expect(report.findings.length).toBeGreaterThan(80);
    const found = report.findings.filter((one) => severe.has(one.severity));
    for (const one of found) say(inWords(one));
    expect(found.filter((one) => !exceptions.test(one.id)).map(inWords)).toEqual([]);
    const unseen = report.findings.filter((one) => one.severity === "WARN" && !untold.has(one.id));
    expect(unseen.map(inWords)).toEqual([]);
  });

  test("TLS 1.2 and 1.3 alone, with the post-quantum group, HTTP/2 and no early data", () => {
    const found = Object.fromEntries(report.findings.map((one) => [one.id, one.finding]));
    for (const old of ["SSLv2", "SSLv3", "TLS1", "TLS1_1"]) expect(found[old], old).toMatch(/^not offered/);
    expect(found.TLS1_2).toMatch(/^offered/);
    expect(found.TLS1_3).toMatch(/^offered/);
    expect(found.FS_KEMs).toContain("X25519MLKEM768");
    expect(found.ALPN_HTTP2).toMatch(/h2/);
    expect(found.early_data ?? "not offered").toMatch(/^no/i);
  });
});

// The site still stands as the last round left it.
test("where TLS ends at the web hosts, each request is logged there, and the log stays small", async () => {
  const log = "/var/log/nginx/visitors/access.log";
  const logged = async (word: string) => {
    const asked = ["web1", "web2"].map((host) => onHost(host, `cat ${log} | grep -c "${word}" || true`));
    return (await Promise.all(asked)).reduce((sum, count) => sum + Number(count), 0);
  };
  for (let time = 0; time < 10; time += 1) expect((await ask(`/search?q=before${time}`)).status).toBe(200);
  await eventually(5, async () => expect(await logged("q=before")).toBe(10));
  for (const host of ["web1", "web2"]) {
    await onHost(host, `truncate --size=+65M ${log}`);
    await eventually(15, async () => {
      await onHost(host, `test -s ${log}.1.gz && [ "$(stat -c %s ${log})" -lt 1000000 ]`);
    });
  }
  for (let time = 0; time < 10; time += 1) expect((await ask(`/search?q=after${time}`)).status).toBe(200);
  await eventually(5, async () => expect(await logged("q=after")).toBe(10));
  expect(await logged("q=before")).toBe(0);
});

function inWords({ severity, id, finding }: TlsFinding): string {
  return `${severity} ${id}: ${finding}`;
}
