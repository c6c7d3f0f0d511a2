/**
 * Shows that the laws of a port are sharp: each has a broken layer that breaks it, and the sound layer breaks none.
 *
 * A row may break its own law only, so that no law is a weaker form of another, unless `only` is false.
 */
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, type Layer } from "effect"
import type { Law } from "../src/index.ts"

/** One row: what is wrong with a layer, and the name of the law it breaks. */
export interface BrokenRow<R> {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<R>
}

/** Milliseconds: every row runs all laws, and another run may share the machine. */
const timeout = 30_000

/** Registers the table: the laws are all covered, all hold for `sound`, and each row breaks its own. */
export const suite = <R>(table: {
  /** What the laws are of, for the names of the tests. */
  readonly of: string
  readonly laws: ReadonlyArray<Law<R>>
  readonly rows: ReadonlyArray<BrokenRow<R>>
  readonly sound: Layer.Layer<R>
  /** Whether a row must break no other law. Default true. */
  readonly only?: boolean
  /** Sizes and patience of the laws, where they have any. */
  readonly settings?: Context.Context<never>
}): void => {
  const { laws, of, only = true, rows, settings = Context.empty(), sound } = table

  /** The names of the laws that a layer breaks, all run on one instance of it. */
  const brokenLaws = (layer: Layer.Layer<R>) =>
    Effect.filter(laws, (law) => Effect.isFailure(law.check)).pipe(
      Effect.map((broken) => broken.map((law) => law.name)),
      Effect.provideContext(settings),
      Effect.provide(layer)
    )

  describe(`the laws of ${of}`, () => {
    it("have names of their own, and each a broken layer that shows it to be needed", () => {
      const names = laws.map((law) => law.name)
      assert.deepStrictEqual(names, Array.from(new Set(names)))
      assert.deepStrictEqual(rows.map(({ breaks }) => breaks).toSorted(), names.toSorted())
    })

    it.effect(
      "all hold for the sound layer",
      () => Effect.map(brokenLaws(sound), (names) => assert.deepStrictEqual(names, [])),
      timeout
    )
  })

  describe(`what is broken of ${of} breaks its law${only ? " and no other" : ""}`, () => {
    for (const { breaks, fault, layer } of rows) {
      it.effect(
        `${breaks} — ${fault}`,
        () =>
          Effect.map(brokenLaws(layer), (names) =>
            only ? assert.deepStrictEqual(names, [breaks]) : assert.include(names, breaks)
          ),
        timeout
      )
    }
  })
}
