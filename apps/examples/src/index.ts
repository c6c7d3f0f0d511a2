/** Every example, by the id of its row in docs/requirements.md: a new one is a file and a line here. */
export * as E61 from "./E61.ts"
export * as E66 from "./E66.ts"
