/** Registers the laws of a port with vitest: one test per law, all on one layer. The only module here that needs vitest. */
import { layer } from "@effect/vitest"
import { type Duration, Effect, type Layer } from "effect"
import { effort } from "./Effort.ts"
import { type Law, Seed } from "./Law.ts"

/** How to run a suite. */
export interface SuiteOptions {
  /** The seed a failed run has printed, to see the same again. */
  readonly seed?: string
  /** How long the layer may take to be built and closed. Default: vitest's time for hooks. */
  readonly timeout?: Duration.Input
  /** Run on the real clock: for layers with time limits of their own. Default false. */
  readonly excludeTestServices?: boolean
}

/** Milliseconds: the laws that go round after round may take a while on a slow machine. */
const lawTimeout = 60_000 * effort

/** Registers one test per law in a block called `name`; they run one after another on one `store`. */
export const register = <R, E>(
  name: string,
  store: Layer.Layer<R, E>,
  laws: ReadonlyArray<Law<R>>,
  { seed, ...options }: SuiteOptions = {}
): void =>
  layer(store, options)(name, (it) => {
    for (const law of laws) it.effect(law.name, () => Effect.provideService(law.check, Seed, seed), lawTimeout)
  })
