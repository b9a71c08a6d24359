/** The parts of a path in a site file: `app.shop.routes[1]` is app, shop, routes, 1. */
export function pathParts(path: string): readonly string[] {
  return path.split(/[.[\]]+/).filter((part) => part !== "");
}
