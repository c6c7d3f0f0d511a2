import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { connect, createServer, type Socket } from "node:net"
import { mug, uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import * as ServiceProcess from "./ServiceProcess.ts"
import { type Answer, ask } from "./TestService.ts"

interface Way {
  readonly port: number
  /** From now on what is open is neither answered nor closed, as when a host vanishes; new connections work. */
  readonly silence: () => number
  readonly close: () => void
}

/** A way to a server that can go silent. */
const wayTo = (url: string) =>
  Effect.acquireRelease(
    Effect.callback<Way>((resume) => {
      const { hostname, port } = new URL(url)
      const pairs = new Set<readonly [Socket, Socket]>()
      const proxy = createServer((client) => {
        const server = connect(Number(port || 5432), hostname)
        pairs.add([client, server])
        client.on("error", () => server.destroy()).on("close", () => server.destroy())
        server.on("error", () => client.destroy())
        client.pipe(server)
        server.pipe(client)
      })
      const silence = () => {
        const silenced = pairs.size
        for (const [client, server] of pairs) {
          client.unpipe(server)
          server.unpipe(client)
          client.resume()
        }
        pairs.clear()
        return silenced
      }
      proxy.listen(0, "127.0.0.1", () => {
        const address = proxy.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ port, silence, close: () => void proxy.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const patience = Schedule.spaced("250 millis").pipe(Schedule.upTo({ duration: "45 seconds" }))

describe("a database that goes silent without closing its connections", () => {
  it.live(
    "is got over by commands and by the list, and does not keep the service from ending",
    () =>
      Effect.gen(function* () {
        const database = new URL(yield* ServerPorts.newDatabaseUrl)
        const way = yield* wayTo(database.toString())
        database.port = String(way.port)
        const service = yield* ServiceProcess.startReady({
          DATABASE_URL: database.toString(),
          EVENTFOLD_MASTER_KEY: ServerPorts.masterKey,
          REQUEST_TIMEOUT: "2 seconds",
          SHUTDOWN_TIMEOUT: "3 seconds"
        })
        const draft = ask(service.url, "POST", "/orders", {
          body: { customerId: uuid(), currency: "EUR", items: [mug] }
        })
        const list = ask(service.url, "GET", "/orders")
        assert.strictEqual((yield* draft).status, 201)
        const upToDate = { schedule: patience, until: ({ text }: Answer) => text.includes('"upToDate":true') }
        assert.include((yield* Effect.repeat(list, upToDate)).text, '"upToDate":true')

        assert.isAbove(way.silence(), 0)
        const drafted = yield* Effect.repeat(draft, { schedule: patience, until: ({ status }) => status === 201 })
        assert.strictEqual(drafted.status, 201)
        const listed = yield* Effect.repeat(list, upToDate)
        assert.include(listed.text, drafted.body.text("orderId"))

        way.silence()
        yield* service.kill("SIGTERM")
        assert.strictEqual(yield* Effect.timeout(service.ended, "20 seconds"), 1)
        assert.include(service.errors(), "did not stop within 3s")
      }),
    400_000
  )
})
