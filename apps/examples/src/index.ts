/** Every example, by the id of its row in docs/requirements.md: a new one is a file and a line here. */
export * as E61 from "./E61.ts"
export * as E62 from "./E62.ts"
export * as E63 from "./E63.ts"
export * as E64 from "./E64.ts"
export * as E66 from "./E66.ts"
export * as P7 from "./P7.ts"
export * as P8 from "./P8.ts"
export * as P9 from "./P9.ts"
