import { type ParseResult, parse } from "@babel/parser";
import { pathParts } from "./path.ts";

type Program = ParseResult["program"];
type Node =
  | Program["body"][number]
  | Extract<Program["body"][number], { type: "ExportDefaultDeclaration" }>["declaration"];

/**
 * Finds the source lines of a TypeScript or JavaScript site file. It follows literal objects and lists, and constants
 * of the same file; everything else ends the search at the nearest parent.
 */
export function sourceLines(text: string): (path: string) => number | undefined {
  let program: Program | undefined;
  return (path) => {
    program ??= parse(text, { sourceType: "module", plugins: ["typescript"], errorRecovery: true }).program;
    return lineOf(program, path);
  };
}

function lineOf(program: Program, path: string): number | undefined {
  const site = program.body.find((statement) => statement.type === "ExportDefaultDeclaration");
  if (site === undefined) return undefined;
  let line = site.loc?.start.line;
  let node: Node | undefined = literalBehind(site.declaration, program);
  for (const part of pathParts(path)) {
    const next = node === undefined ? undefined : step(node, part);
    if (next === undefined) break;
    line = next.loc?.start.line ?? line;
    node = literalBehind(next.value, program);
  }
  return line;
}

/** The value behind `defineSite(…)`, `… as const`, `… satisfies …`, parentheses, and names of constants. */
function literalBehind(node: Node, program: Program, depth = 0): Node | undefined {
  if (depth > 20) return undefined;
  switch (node.type) {
    case "CallExpression": {
      const [first] = node.arguments;
      return first === undefined || first.type === "SpreadElement" || first.type === "ArgumentPlaceholder"
        ? undefined
        : literalBehind(first, program, depth + 1);
    }
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "ParenthesizedExpression":
      return literalBehind(node.expression, program, depth + 1);
    case "Identifier": {
      const value = constantNamed(node.name, program);
      return value === undefined ? undefined : literalBehind(value, program, depth + 1);
    }
    default:
      return node;
  }
}

function constantNamed(name: string, program: Program): Node | undefined {
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration?.type !== "VariableDeclaration") continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === "Identifier" && id.name === name && init) return init;
    }
  }
  return undefined;
}

function step(node: Node, part: string): { readonly value: Node; readonly loc: Node["loc"] } | undefined {
  if (node.type === "ArrayExpression") {
    const item = node.elements[Number(part)];
    return item && item.type !== "SpreadElement" ? { value: item, loc: item.loc } : undefined;
  }
  if (node.type !== "ObjectExpression") return undefined;
  for (const property of node.properties) {
    if (property.type !== "ObjectProperty" || property.computed) continue;
    const { key, value } = property;
    const name = key.type === "Identifier" ? key.name : key.type === "StringLiteral" ? key.value : undefined;
    if (name === part) return { value: value as Node, loc: property.loc };
  }
  return undefined;
}
