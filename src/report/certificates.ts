import { plural } from "../base/text.ts";
import { table } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** A certificate as it was found. */
export interface CertificateStatus {
  readonly host: string;
  /** Path on the host; "served" for what the balancer shows to visitors. */
  readonly file: string;
  /** For what it is: "server", "client", "client and server". */
  readonly use: string;
  readonly names: readonly string[];
  /** ISO 8601; null: there is none, or it could not be asked for. */
  readonly ends: string | null;
  /** Whole days until it ends; null as above. */
  readonly daysLeft: number | null;
  /** "site CA", "next site CA", or the common name of another one; null as above. */
  readonly issuer: string | null;
  readonly state: CertificateState;
}

/**
 * - well.
 * - due: the next apply renews it.
 * - ended.
 * - missing: the host answers and has none.
 * - foreign: on the host, of a CA that is not the site's, where it should be.
 * - not loaded: the balancer serves another one than lies there.
 * - unknown: the host did not answer.
 */
export type CertificateState = "well" | "due" | "ended" | "missing" | "foreign" | "not loaded" | "unknown";

/** All certificates as a table, those first that need a look. */
export function certificatesText(all: readonly CertificateStatus[], style: Style): string {
  const paint = colors(style);
  const ill = all.filter((one) => one.state !== "well");
  const rows = [...ill, ...all.filter((one) => one.state === "well")].map((one) => [
    paint.bold(one.host),
    one.file,
    one.use,
    one.daysLeft === null ? "-" : plural(one.daysLeft, "day"),
    one.issuer ?? "-",
    one.state === "well" ? paint.good("well") : paint.bad(one.state),
    paint.dim(one.names.join(" ")),
  ]);
  const head = ["host", "certificate", "for", "ends in", "issued by", "is", "names"].map(paint.dim);
  const first = Math.min(...all.flatMap((one) => one.daysLeft ?? []));
  const sum =
    ill.length === 0
      ? `${paint.good("✔")} ${plural(all.length, "certificate")}, all well; the first ends in ${plural(first, "day")}.`
      : `${paint.bad("✖")} ${plural(all.length, "certificate")}: ${ill.length} not well.  ${paint.command("rampart apply")} issues what is due, missing or foreign.`;
  return `${table([head, ...rows])}\n\n${sum}`;
}
