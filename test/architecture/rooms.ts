/**
 * The table of rooms: which part of eventfold may import which. Arrows point inward only.
 *
 * A room is a folder of `packages/` or `apps/`; `*` stands for any run of letters. The first line that fits a folder
 * is its room, so the narrower lines come first. Whoever may import a room may import what that room may import.
 */

/** One line of the table. */
export interface Room {
  /** The folder, below `packages/` or `apps/`. */
  readonly name: string
  /**
   * The rooms it may import. `domain-*` allows all of a package, `domain-x/published` one module of it, and `*`
   * everything there is.
   */
  readonly mayImport: ReadonlyArray<string>
  /**
   * What it may import from outside the repository.
   * - `stable effect`: exports of `effect` documented as `@stability stable`, and nothing that touches the world;
   * - `effect`: any export of `effect`; the unstable ones are listed in the package's `unstable.json`;
   * - `declared`: whatever its package.json declares, and Node's own modules.
   */
  readonly outside: "stable effect" | "effect" | "declared"
}

const ports = ["event-store", "subscriptions", "processes", "messaging", "documents"]

/** The table. A folder without a line here is a mistake: add its line first. */
export const rooms: ReadonlyArray<Room> = [
  // Values: what the business decides.
  { name: "decider", outside: "stable effect", mayImport: [] },
  { name: "shared-kernel", outside: "stable effect", mayImport: [] },
  {
    name: "domain-fulfilment",
    outside: "stable effect",
    mayImport: ["decider", "shared-kernel", "context-map", "domain-*/published", "domain-*/*Commands"]
  },
  {
    name: "domain-*",
    outside: "stable effect",
    mayImport: ["decider", "shared-kernel", "context-map", "domain-*/published"]
  },
  { name: "context-map", outside: "stable effect", mayImport: ["decider"] },
  // Ports: what the values are run by, each with its memory layer beside it.
  { name: "event-store", outside: "effect", mayImport: ["decider"] },
  { name: "subscriptions", outside: "effect", mayImport: ["event-store"] },
  { name: "processes", outside: "effect", mayImport: ["subscriptions"] },
  { name: "messaging", outside: "effect", mayImport: ["subscriptions"] },
  { name: "documents", outside: "effect", mayImport: ["event-store"] },
  // Layers: one technology or foreign system each.
  { name: "postgres", outside: "declared", mayImport: ports },
  { name: "services", outside: "declared", mayImport: ["messaging", "processes"] },
  { name: "nats", outside: "declared", mayImport: ["messaging"] },
  { name: "redis", outside: "declared", mayImport: ports },
  { name: "smtp", outside: "declared", mayImport: ["domain-notifications"] },
  { name: "card-gateway", outside: "declared", mayImport: ["domain-payments"] },
  // For tests: given/when/then, and one suite of laws per port; those of foreign systems are in their contexts.
  { name: "testing", outside: "declared", mayImport: [...ports, "domain-payments", "domain-notifications"] },
  // Programs.
  { name: "orders-api", outside: "declared", mayImport: ["*"] },
  { name: "gateway", outside: "declared", mayImport: ["*"] },
  { name: "card-gateway-simulator", outside: "declared", mayImport: ["*"] },
  { name: "cli", outside: "declared", mayImport: ["*"] },
  { name: "console", outside: "declared", mayImport: ["*"] },
  { name: "examples", outside: "declared", mayImport: ["*"] }
]

/** What the tests of any package may import besides what the package may: the suites, and the layers to run them on. */
export const testsMayImport: ReadonlyArray<string> = ["testing", "postgres", "nats", "redis"]

/** Stable modules of `effect` a pure room stays away from: they read or change the world. */
export const worldModules: ReadonlySet<string> = new Set([
  "Clock",
  "Config",
  "ConfigProvider",
  "Console",
  "Layer",
  "Logger",
  "ManagedRuntime",
  "Random",
  "Runtime"
])

/** Members of other stable modules that read a clock, wait, run or print: a pure room stays away from them too. */
export const worldMembers: ReadonlyArray<RegExp> = [
  /^DateTime\.(now|isFuture|isPast)/u,
  /^DateTime\.(layer|zoneMakeLocal|setZoneCurrent|withCurrentZoneLocal)/u,
  /^Effect\.(run|clock|sleep|delay|timeout|timed|log|fork|repeat|retry|schedule|promise|tryPromise|callback)/u
]

/** Names every JavaScript program can reach without an import; a pure room reaches for none of them. */
export const worldGlobals: ReadonlySet<string> = new Set([
  "Buffer",
  "Date",
  "Math.random",
  "console",
  "crypto",
  "fetch",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout"
])
