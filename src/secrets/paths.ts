import { join } from "node:path";

export interface StorePaths {
  readonly dir: string;
  /** The encrypted store. */
  readonly store: string;
  /** The public certificate of the site's CA, PEM. */
  readonly caCertificate: string;
  /** What a visitor trusts when the public certificate is not of the site's CA. */
  readonly visitorTrust: string;
  readonly lock: string;
}

/** Where the secrets of an environment lie: one encrypted file each, beside the site file. */
export function storePaths(siteDir: string, env: string): StorePaths {
  const dir = join(siteDir, ".rampart");
  const store = join(dir, `${env}.age`);
  return {
    dir,
    store,
    caCertificate: join(dir, `${env}-ca.crt`),
    visitorTrust: join(dir, `${env}-trust.crt`),
    lock: `${store}.lock`,
  };
}
