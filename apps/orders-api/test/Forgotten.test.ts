/** A person asks to be forgotten: what the files hold before and after, what everybody is shown, and what goes on. */
import { cpSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import { EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { Effect, Layer } from "effect"
import * as FormerTables from "../src/projections/FormerTables.ts"
import { bothForgotten, customer, forget, goesOn, isForgotten, isKnown, personal, product } from "./Customer.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { foundIn } from "./Plaintext.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { request, TestService } from "./TestService.ts"

const suite = <E>(name: string, service: ReturnType<typeof TestService.layer<E>>) =>
  describe(`a person ${name}`, () => {
    layer(service, { excludeTestServices: true, timeout: 300_000 })((it) => {
      it.effect("is forgotten by whoever asks for it, once and for ever, and business goes on", () =>
        Effect.gen(function* () {
          const [them, other] = [yield* customer, yield* customer]
          yield* isKnown(them)
          yield* bothForgotten(them)
          yield* isForgotten(them)
          yield* goesOn(them)
          yield* isKnown(other)
        })
      )

      it.effect("is not forgotten for a reason that tells a story, nor under no name", () =>
        Effect.gen(function* () {
          const refused = yield* request("POST", "/privacy/forgotten-subjects", {
            body: { subject: "", reason: "Wilhelmina asked us to" }
          })
          assert.strictEqual(refused.status, 400)
          assert.deepStrictEqual(
            refused.body.all("errors").map((error) => error.at("field")),
            ["subject", "reason"]
          )
          const own = yield* forget("@eventfold/digests")
          assert.deepStrictEqual([own.status, own.body.at("errors", 0, "field")], [400, "subject"])
        })
      )
    })
  })

suite("in memory", TestService.layer())
suite("on a PostgreSQL server", TestService.layer({ ports: ServerPorts.layer }))

const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "eventfold-forgotten-"))),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

describe("the files of an embedded database", () => {
  /** Runs the body on a service over the directory, which is opened before and closed after. */
  const running = <A, E, R>(directory: string, body: Effect.Effect<A, E, R>) => {
    const ports = Layer.merge(layerPostgres, FormerTables.layer).pipe(
      Layer.provideMerge(EmbeddedDatabase.layer({ directory }))
    )
    return Effect.provide(body, Layer.fresh(TestService.layer({ ports })))
  }

  it.live(
    "hold nothing of a person in clear, neither before nor after they are forgotten, and no backup brings them back",
    () =>
      Effect.gen(function* () {
        const parent = yield* temporaryDirectory
        const directory = join(parent, "data")
        yield* EmbeddedPorts.prepare(directory)
        const holdNothing = Effect.gen(function* () {
          assert.deepStrictEqual(yield* foundIn(personal, parent), [])
          assert.isNotEmpty(yield* foundIn([product], parent))
        })
        const them = yield* running(
          directory,
          Effect.gen(function* () {
            const them = yield* customer
            yield* isKnown(them)
            yield* holdNothing
            return them
          })
        )
        yield* holdNothing
        // It is what was looked through just now.
        const backup = join(yield* temporaryDirectory, "backup")
        cpSync(directory, backup, { recursive: true })
        yield* running(
          directory,
          Effect.gen(function* () {
            yield* isKnown(them)
            yield* bothForgotten(them)
            yield* isForgotten(them)
            yield* goesOn(them)
            yield* holdNothing
          })
        )
        yield* holdNothing
        yield* running(directory, isForgotten(them))
        yield* Effect.promise(() => rm(directory, { recursive: true }))
        cpSync(backup, directory, { recursive: true })
        yield* running(directory, isForgotten(them))
        yield* holdNothing
      }),
    400_000
  )
})
