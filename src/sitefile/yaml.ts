import { basename } from "node:path";
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { fail, RampartError } from "../base/problem.ts";
import { pathParts } from "./path.ts";

type Document = ReturnType<typeof parseDocument>;

/** The value of a YAML site file and the lines of its keys. @throws RampartError when it is malformed */
export function readYaml(file: string, text: string): { raw: unknown; line: (path: string) => number | undefined } {
  const name = basename(file);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false });
  const problems = document.errors.map((error) => {
    const { line, col } = counter.linePos(error.pos[0]);
    const source = (text.split("\n")[line - 1] ?? "").trim();
    const remedy = source === "" ? "Correct the file there." : `Correct line ${line}:  ${shortened(source)}`;
    return { path: `${name}:${line}:${col}`, reason: sentence(error.message), remedy };
  });
  if (problems.length > 0) throw new RampartError(`${name} is not valid YAML`, problems);
  return { raw: plainValue(document, name), line: (path) => yamlLine(document, counter, path) };
}

function plainValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const reason = sentence(error instanceof Error ? error.message : String(error));
    return fail(`${name} is not valid YAML`, {
      path: name,
      reason,
      remedy: "Write the values out instead of using aliases.",
    });
  }
}

function yamlLine(document: Document, counter: LineCounter, path: string): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of pathParts(path)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (node === undefined) break;
      offset = startOf(node) ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : counter.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

function sentence(message: string): string {
  const text = message.split("\n")[0] ?? "";
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/[.:]?$/, ".")}`;
}

function shortened(line: string): string {
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
