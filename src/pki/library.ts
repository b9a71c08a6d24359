// A module of its own, loaded on demand: a bundle of CommonJS keeps its names only behind a static import.
import "./reflect.ts";
import * as library from "@peculiar/x509";

export { library };
