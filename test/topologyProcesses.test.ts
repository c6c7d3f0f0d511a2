/**
 * Programs as processes on this machine, as `npm run services` and the tests of whole services have them: with one program that
 * needs no server.
 */
import { createServer } from "node:net"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Scope } from "effect"
import * as SecretsFile from "../scripts/services/SecretsFile.ts"
import * as Services from "../scripts/services/Services.ts"
import { services, type Topology } from "../scripts/services/Topology.ts"

const name = "card-gateway-simulator"
const topology: Topology = {
  name: "services",
  servers: [],
  programs: services.programs.filter((program) => program.name === name),
  entrance: name
}

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "eventfold-services-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
)

const options = (data: string, said: Array<string>): Services.ServicesOptions => ({
  topology,
  data,
  portsFrom: "free",
  patience: Duration.seconds(40),
  say: (program, line) => void said.push(`${program}: ${line}`)
})

const isThere = ({ url }: Services.RunningServices) =>
  Effect.promise(
    () =>
      new Promise<boolean>((resolve) => {
        const server = createServer()
        server.once("error", () => resolve(true))
        server.listen(Number(new URL(url ?? "").port), "127.0.0.1", () => server.close(() => resolve(false)))
      })
  )

describe("programs as processes", () => {
  it.live("are there once they have been started, and gone when the scope has closed", () =>
    Effect.gen(function* () {
      const data = yield* folder
      const said: Array<string> = []
      const scope = yield* Scope.make()
      const running = yield* Services.start(options(data, said)).pipe(Scope.provide(scope))
      assert.isTrue(yield* isThere(running))
      yield* Scope.close(scope, Exit.void)
      assert.isFalse(yield* isThere(running))
      assert.isTrue(running.inOrder())
      assert.isTrue(said.some((line) => line.startsWith(`${name}: A card gateway to try against: ${running.url}`)))
    })
  )

  it.live("have secrets that are made once, for their owner alone, and are never written", () =>
    Effect.gen(function* () {
      const data = yield* folder
      const said: Array<string> = []
      const keyOf = Effect.scoped(
        Effect.map(Services.start(options(data, said)), ({ environmentOf }) => environmentOf(name)["API_KEY"] ?? "")
      )
      const key = yield* keyOf
      assert.match(key, /^sk_[0-9a-f]{48}$/u)
      assert.strictEqual(yield* keyOf, key)
      const file = join(data, "secrets.json")
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      const secrets = Object.values<string>({ ...(yield* SecretsFile.open(file)) })
      assert.strictEqual(new Set(secrets).size, 5)
      for (const secret of secrets) assert.notInclude(said.join("\n"), secret)
    })
  )

  it.live("end what runs with them when one ends by itself", () =>
    Effect.gen(function* () {
      const data = yield* folder
      const said: Array<string> = []
      const running = yield* Services.start(options(data, said))
      yield* running.kill(name)
      const ended = yield* Effect.flip(running.ended)
      assert.strictEqual(ended.message, `${name} ended by SIGKILL`)
      assert.include(said, `${name}: ${ended.message}`)
    }).pipe(Effect.scoped)
  )

  it.live("are started again where that is asked for, unless they were stopped", () =>
    Effect.gen(function* () {
      const data = yield* folder
      const said: Array<string> = []
      const running = yield* Services.start({ ...options(data, said), restart: true })
      yield* running.kill(name)
      yield* running.untilHealthy(name)
      assert.isTrue(said.some((line) => line.startsWith(`${name}: ${name} ended by SIGKILL: it is started again`)))
      yield* running.stop(name)
      assert.isFalse(yield* isThere(running))
      yield* running.start(name)
      assert.isTrue(yield* isThere(running))
    }).pipe(Effect.scoped)
  )

  it.live("are not started where something is in the way, which is said", () =>
    Effect.gen(function* () {
      const data = yield* folder
      const refused = (more: Partial<Services.ServicesOptions>) =>
        Effect.map(
          Effect.flip(Effect.scoped(Services.start({ ...options(data, []), ...more }))),
          ({ message }) => message
        )

      assert.include(yield* refused({ only: ["billing"] }), `There is no program billing; there are ${name}`)
      const taken = yield* Effect.promise(
        () =>
          new Promise<number>((resolve) => {
            const server = createServer()
            server.listen(0, "127.0.0.1", () => {
              const address = server.address()
              resolve(typeof address === "object" && address !== null ? address.port : 0)
            })
            server.unref()
          })
      )
      assert.include(yield* refused({ portsFrom: taken - 10 }), `Port ${taken}, for ${name}, is in use`)

      const file = join(data, "secrets.json")
      const before = readFileSync(file, "utf8")
      writeFileSync(file, "something else")
      const message = yield* refused({})
      assert.strictEqual(message, `${file} does not hold the secrets of a topology`)
      assert.notInclude(message, before)
      assert.strictEqual(readFileSync(file, "utf8"), "something else")
    }).pipe(Effect.scoped)
  )
})
