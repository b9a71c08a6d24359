import { type ParseResult, parse } from "@babel/parser";

export type Program = ParseResult["program"];
type Statement = Program["body"][number];
export type Syntax = Statement | Extract<Statement, { type: "ExportDefaultDeclaration" }>["declaration"];

/** The syntax tree of a TypeScript or JavaScript file; undefined when it is not valid. */
export function syntaxTree(text: string): Program | undefined {
  try {
    return parse(text, { sourceType: "module", plugins: ["typescript"] }).program;
  } catch {
    return undefined;
  }
}

/** What the file exports as its default. */
export function defaultExport(program: Program) {
  return program.body.find((statement) => statement.type === "ExportDefaultDeclaration");
}

/** The value behind `defineSite(…)`, `… as const`, `… satisfies …`, parentheses, and names of constants. */
export function valueBehind(node: Syntax, program: Program, depth = 0): Syntax | undefined {
  if (depth > 20) return undefined;
  switch (node.type) {
    case "CallExpression": {
      const [first] = node.arguments;
      const isSite = node.callee.type === "Identifier" && node.callee.name === "defineSite";
      if (!isSite || first === undefined || first.type === "SpreadElement" || first.type === "ArgumentPlaceholder") {
        return undefined;
      }
      return valueBehind(first, program, depth + 1);
    }
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "ParenthesizedExpression":
      return valueBehind(node.expression, program, depth + 1);
    case "Identifier": {
      const value = constantNamed(node.name, program);
      return value === undefined ? undefined : valueBehind(value, program, depth + 1);
    }
    default:
      return node;
  }
}

function constantNamed(name: string, program: Program): Syntax | undefined {
  for (const statement of program.body) {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration?.type !== "VariableDeclaration" || declaration.kind !== "const") continue;
    for (const { id, init } of declaration.declarations) {
      if (id.type === "Identifier" && id.name === name && init) return init;
    }
  }
  return undefined;
}
