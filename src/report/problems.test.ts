import { expect, test } from "vitest";
import { RampartError } from "../base/problem.ts";
import { defectText, problemsJson, problemsText } from "./problems.ts";
import { plainStyle } from "./style.ts";

const siteFile = new RampartError(
  "rampart.config.ts has 3 problems",
  [
    { path: "app.shop.helth", reason: "unknown key.", remedy: 'Did you mean "health"?' },
    {
      path: "database.hosts",
      reason:
        "2 hosts cannot keep the no-loss promise: after one is lost nobody can tell whether the other has every acknowledged write.",
      remedy: 'Use 3 hosts, or promise: "best-effort".',
    },
    { path: "environments.lab.httpsPort.that.is.long", reason: "taken", remedy: "Choose another." },
  ],
  "Nothing was changed.  Fix these and run:  rampart plan",
);

test("problems of a site file, all at once", () => {
  expect(problemsText(siteFile, plainStyle)).toMatchInlineSnapshot(`
    "rampart.config.ts has 3 problems

      app.shop.helth  unknown key. Did you mean "health"?
      database.hosts  2 hosts cannot keep the no-loss promise: after one is lost
                      nobody can tell whether the other has every acknowledged
                      write. Use 3 hosts, or promise: "best-effort".
      environments.lab.httpsPort.that.is.long
                      taken. Choose another.

    Nothing was changed.  Fix these and run:  rampart plan
    "
  `);
  expect(problemsJson(siteFile)).toEqual({
    error: siteFile.message,
    problems: siteFile.problems,
    next: siteFile.next,
  });
});

test("what a daemon said keeps its lines, and none of its escape sequences", () => {
  const reason =
    'web wants it: static files.\nnginx: [emerg] unknown directive "foo"\n\tin \u001b[31m/etc/nginx/x:3\u001b[2J\u0007';
  const error = new RampartError(
    "One host could not be changed; nothing further was begun",
    [{ path: "web1:/etc/nginx/nginx.conf", reason, remedy: "Mend the cause and run the same command again." }],
    "rampart plan",
  );
  expect(problemsText(error, plainStyle)).toMatchInlineSnapshot(`
    "One host could not be changed; nothing further was begun

      web1:/etc/nginx/nginx.conf
                web wants it: static files.
                  nginx: [emerg] unknown directive "foo"
                    in /etc/nginx/x:3
                Mend the cause and run the same command again.

    Then run:  rampart plan
    "
  `);
});

test("the command in the last line stands out, alone or at the end of a sentence", () => {
  const color = { width: 80, color: true };
  const cyan = (text: string) => `\u001b[36m${text}\u001b[39m`;
  expect(problemsText(siteFile, color)).toContain(`run:  ${cyan("rampart plan")}`);
  expect(problemsText(new RampartError("No", [], "rampart up"), color)).toContain(`Then run:  ${cyan("rampart up")}`);
});

test("a command in a remedy stays on one line", () => {
  const remedy = "Free at least 100 MiB, for example: rampart exec recommendations1 -- journalctl --vacuum-size=50M";
  const error = new RampartError("No", [{ path: "web1", reason: "has 3 MiB of disk left.", remedy }]);
  expect(problemsText(error, { width: 60, color: false })).toMatch(/^ +rampart exec .*50M$/m);
});

test("a defect says that it is one", () => {
  expect(defectText("boom", plainStyle)).toMatch(/mistake of its own[\s\S]*boom/);
});
