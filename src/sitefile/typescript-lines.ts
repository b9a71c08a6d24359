import { pathParts } from "./path.ts";
import { defaultExport, type Program, type Syntax, valueBehind } from "./typescript-syntax.ts";

/**
 * The source line of a path in a TypeScript or JavaScript site file. It follows literal objects and lists, and constants
 * of the same file; everything else ends the search at the nearest parent.
 */
export function typescriptLine(program: Program, path: string): number | undefined {
  const site = defaultExport(program);
  if (site === undefined) return undefined;
  let line = site.loc?.start.line;
  let node = valueBehind(site.declaration, program);
  for (const part of pathParts(path)) {
    const next = node === undefined ? undefined : step(node, part);
    if (next === undefined) break;
    line = next.loc?.start.line ?? line;
    node = valueBehind(next.value, program);
  }
  return line;
}

function step(node: Syntax, part: string): { readonly value: Syntax; readonly loc: Syntax["loc"] } | undefined {
  if (node.type === "ArrayExpression") {
    const item = node.elements[Number(part)];
    return item && item.type !== "SpreadElement" ? { value: item, loc: item.loc } : undefined;
  }
  if (node.type !== "ObjectExpression") return undefined;
  for (const property of node.properties) {
    if (property.type !== "ObjectProperty" || property.computed) continue;
    const { key, value } = property;
    const name = key.type === "Identifier" ? key.name : key.type === "StringLiteral" ? key.value : undefined;
    if (name === part) return { value: value as Syntax, loc: property.loc };
  }
  return undefined;
}
