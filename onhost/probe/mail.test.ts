import { expect, test } from "vitest";
import { curlConfig, messageOf } from "./mail.ts";
import { letterOf, notice } from "./speak.ts";

const mail = {
  host: "mail.example",
  port: 587,
  from: "rampart@shop.example",
  to: ["ops@shop.example", "me@shop.example"],
};
const site = { site: "shop", region: "eu", monitor: { name: "monitor.shop.internal", hosts: ["mon1"] } };
const told = { since: "2026-11-30T12:00:00.000Z", by: "eu" };

test("a letter says what the webhook gets, with headers of its own", () => {
  const letter = letterOf(notice(site, told, undefined, "The site itself answers in eu."));
  const text = messageOf(mail, letter, new Date("2026-11-30T12:00:01Z"));
  expect(text.split("\r\n").filter((line) => !line.startsWith("Message-ID"))).toEqual([
    "From: rampart@shop.example",
    "To: ops@shop.example, me@shop.example",
    "Subject: [shop] page: MonitorSilent",
    "Date: Mon, 30 Nov 2026 12:00:01 +0000",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
    "",
    "MonitorSilent, page",
    "  The monitor of shop is silent",
    "  Told by the probe in eu: no sign of life of mon1 reached any region. Until it is back no other alert can come. The site itself answers in eu.",
    "  since    2026-11-30T12:00:00.000Z",
    "  runbook  docs/runbooks/MonitorSilent.md",
    "",
  ]);
  const end = letterOf(notice(site, told, "2026-11-30T12:05:00.000Z", ""));
  expect(end.subject).toBe("[shop] resolved: MonitorSilent");
  expect(end.text).toContain("  to       2026-11-30T12:05:00.000Z");
});

test("curl is told all of it where nobody can read along, TLS or nothing", () => {
  const text = curlConfig({ ...mail, user: "ops", trust: "/t.crt" }, "/l", 'a"b\\c');
  expect(text).toContain('url = "smtp://mail.example:587/localhost"\n');
  expect(text).toContain('user = "ops:a\\"b\\\\c"\n');
  expect(text).toContain('mail-rcpt = "ops@shop.example"\nmail-rcpt = "me@shop.example"\n');
  expect(text).toContain('cacert = "/t.crt"\ncapath = "/etc/ssl/certs"\n');
  expect(text).toMatch(/^ssl-reqd$/m);
  expect(curlConfig({ ...mail, port: 465 }, "/l")).toContain('url = "smtps://mail.example:465/localhost"\n');
});
