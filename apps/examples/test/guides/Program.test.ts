/** The code of the guides runs as it stands, on every database. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { inject } from "vitest"
import * as GiftCardService from "../../src/guides/gift-cards/GiftCardService.ts"
import { inMemory } from "../../src/guides/HelloCoupon.ts"
import { OnEmbedded, OnPostgres } from "../../src/guides/OnPostgres.ts"
import { InMemory, program } from "../../src/guides/Program.ts"
import { databases, givenServer } from "../Databases.ts"
import { printedBy } from "../PrintedLines.ts"

describe("the gift cards", () => {
  // #region databases
  for (const [name, database] of databases) {
    it.live(`are sold and redeemed on ${name}`, () =>
      Effect.gen(function* () {
        const layer = GiftCardService.layer.pipe(Layer.provide(database))
        const { lines } = yield* printedBy(program).pipe(Effect.provide(layer))
        assert.deepStrictEqual(lines, ["left on the card: 30.00 EUR"])
      })
    )
  }
  // #endregion databases
})

describe("the program of the guide", () => {
  it.live("runs on every layer the guide shows", () =>
    Effect.gen(function* () {
      const told = [
        yield* printedBy(program).pipe(Effect.provide(InMemory)),
        yield* printedBy(program).pipe(Effect.provide(OnEmbedded)),
        yield* printedBy(program).pipe(Effect.provide(Layer.provide(OnPostgres, givenServer)))
      ]
      for (const { lines } of told) assert.deepStrictEqual(lines, ["left on the card: 30.00 EUR"])
    })
  )

  it.live("runs as a process, on the database the environment asks for", () =>
    Effect.gen(function* () {
      const main = `${import.meta.dirname}/../../src/guides/main.ts`
      const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
      const environment = { env: { DATABASE_URL: inject("postgresUrl") }, extendEnv: true }
      const printed = yield* spawner.string(ChildProcess.make(process.execPath, [main], environment))
      assert.strictEqual(printed, "left on the card: 30.00 EUR\n")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("the coupon", () => {
  it.live("is used once", () =>
    Effect.gen(function* () {
      const { lines } = yield* printedBy(inMemory)
      assert.deepStrictEqual(lines, ["used by Ada, version 1", "refused: used by Ada already"])
    })
  )
})
