import type { Problem } from "../base/problem.ts";
import { listed } from "../base/text.ts";
import { domainFault, nameFault } from "./names.ts";
import type { SiteDraft } from "./shape.ts";

// Names that the site itself uses inside: a service of that name could not be told from them.
const takenNames: Readonly<Record<string, string>> = {
  lb: "balancer hosts are called lb1, lb2",
  web: "web hosts are called web1, web2, and their tier answers as web",
  db: "database hosts are called db1, db2",
  mon: "the monitor host is called mon1",
  balancer: "it is the name of a tier",
  app: "it is the name of a tier",
  database: "it is the name of a tier",
  monitor: "it is the name of a tier",
  probe: "it is the name of a tier",
  base: "it is the name of the role that every host holds",
  public: "it is the name under which static files are released",
  localhost: "every host calls itself so",
  rampart: "Rampart's own account and folders have this name",
  issuer: "the host that fetches certificates answers as issuer",
  root: "it is an account of every host and of the database",
  mysql: "it is the name of MariaDB's own database and account",
  mariadb: "it is the name of an account of MariaDB's own",
  sys: "it is the name of one of MariaDB's own databases",
};

/** Problems with the names by which the site, its services and its public face are known. */
export function nameProblems(draft: SiteDraft): readonly Problem[] {
  return [...siteNameProblems(draft), ...publicNameProblems(draft), ...serviceNameProblems(draft)];
}

function siteNameProblems({ name }: SiteDraft): readonly Problem[] {
  const fault = name === undefined ? undefined : nameFault(name, "shop");
  return fault === undefined ? [] : [{ path: "name", ...fault }];
}

function publicNameProblems({ name, domain, aliases = [] }: SiteDraft): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const judge = (path: string, publicName: string) => {
    const fault = domainFault(publicName);
    if (fault !== undefined) problems.push({ path, ...fault });
    else if (name !== undefined && `.${publicName}`.endsWith(`.${name}.internal`)) {
      const reason = `"${publicName}" is a name inside the site: its hosts are called <host>.${name}.internal.`;
      problems.push({ path, reason, remedy: "Use the name that visitors type." });
    }
  };
  if (domain !== undefined) judge("domain", domain);
  aliases.forEach((alias, index) => {
    if (alias === undefined) return;
    const path = `aliases[${index}]`;
    judge(path, alias);
    if (alias === domain) {
      const reason = `"${alias}" is the domain itself: a redirect to it would go round in circles.`;
      problems.push({ path, reason, remedy: "Take it out of aliases." });
    } else if (seen.has(alias)) {
      problems.push({ path, reason: `"${alias}" stands there twice.`, remedy: "Take one of the two out." });
    }
    seen.add(alias);
  });
  return problems;
}

function serviceNameProblems({ app = {} }: SiteDraft): readonly Problem[] {
  const names = Object.keys(app);
  return names.flatMap((name) => {
    const path = `app.${name}`;
    const fault = nameFault(name, "shop");
    if (fault !== undefined) return [{ path, ...fault }];
    const remedy = `Give the service another name, such as "${suggestion(name, names)}".`;
    if (Object.hasOwn(takenNames, name)) {
      return [{ path, reason: `a service cannot be called "${name}": ${takenNames[name]}.`, remedy }];
    }
    if (name.startsWith("probe-")) {
      const reason = `a service cannot be called "${name}": hosts of regions are called probe-<region>.`;
      return [{ path, reason, remedy }];
    }
    // "shop" with eleven hosts has a host shop11, and "shop1" would call its first host the same.
    const stem = name.replace(/\d+$/, "");
    if (stem !== name && (Object.hasOwn(takenNames, stem) || names.includes(stem))) {
      const others = names.includes(stem) ? `of service "${stem}"` : `of another tier (${takenNames[stem]})`;
      const own = listed([1, 2].map((place) => `${name}${place}`));
      return [{ path, reason: `its hosts would be called ${own}, which may also be names ${others}.`, remedy }];
    }
    return [];
  });
}

function suggestion(name: string, names: readonly string[]): string {
  const stem = name.replace(/\d+$/, "").slice(0, 15);
  const better = `${stem}-app`;
  return names.includes(better) ? `${stem}-b` : better;
}
