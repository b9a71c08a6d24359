import type { Page } from "../../report/page.ts";
import { caCertificate, exits, json, store } from "./common.ts";

/** Certificates: what there is, how long it lasts, and how it is replaced. */
export const certificatePages: readonly Page[] = [
  {
    verb: "cert",
    summary: "list certificates, renew them, replace the site's CA",
    synopsis: [
      "cert list [--json]",
      "cert renew HOST:FILE…",
      "cert renew public",
      "cert renew --all",
      "cert rotate-ca [--pause]",
    ],
    description: [
      "list shows every certificate of every host: for what it is used, for which names, when it ends, by which CA it was issued; and what visitors are really served, asked by a handshake with each host that opens their TLS. Changes nothing.",
      "renew issues certificates anew that are not due yet, for example after a key has been seen by others. The hosts of a tier take theirs one after another, by reloads: no request is lost. Besides, it makes the changes that rampart plan shows, as apply does. Certificates that are due (30 days before their end) are renewed by every apply without being asked.",
      "renew public orders the certificate that visitors see from its public authority (tls.certificate: acme) and brings it to every host that opens visitors' TLS. When the authority refuses, what is served stays.",
      "rotate-ca replaces the site's own CA, in three steps of which each is finished on every host before the next begins: every host trusts the new CA beside the old one; every certificate is issued by the new one; every host forgets the old one. What was cut off, by a crash or a host that was away, is taken up where it stands by running rotate-ca again. No request is lost. Database connections are opened anew where a service is restarted.",
      "Whoever trusts the old CA by hand (browsers, curl --cacert) must trust the new one before the second step: with --pause rotate-ca stops after the first one. From then on the file of the CA holds both.",
    ],
    arguments: [
      { name: "DEED", text: "list, renew or rotate-ca.", completes: ["list", "renew", "rotate-ca"] },
      { name: "HOST:FILE", text: "A certificate as list shows it, such as web1:/etc/nginx/tls/web.crt; or public." },
    ],
    options: [
      { flags: "--all", text: "With renew: every certificate of every host, and the public one." },
      {
        flags: "--pause",
        text: "With rotate-ca: stop when every host trusts the new CA; rotate-ca without it goes on.",
      },
      json,
    ],
    examples: [
      { term: "rampart cert list", text: "What ends when." },
      { term: "rampart cert renew lb1:/etc/haproxy/tls/public.pem", text: "A new key for what visitors see." },
      { term: "rampart cert rotate-ca --pause", text: "The first step; then give .rampart/lab-ca.crt to browsers." },
      { term: "rampart cert rotate-ca", text: "The rest, or all three steps." },
    ],
    exits,
    files: [store, caCertificate],
    related: ["plan", "apply", "status"],
  },
];
