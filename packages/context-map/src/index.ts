/** Bounded contexts and their relationships, as data. Each module is a namespace. */
export * as Conformance from "./Conformance.ts"
export * as Context from "./Context.ts"
export * as ContextMap from "./ContextMap.ts"
export * as Drawing from "./Drawing.ts"
export * as Glossary from "./Glossary.ts"
export * as Impact from "./Impact.ts"
export * as Relationship from "./Relationship.ts"
