import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Schedule } from "effect"
import { connect, createServer } from "node:net"
import { inject } from "vitest"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { Json } from "./Json.ts"
import { listen } from "./LiveEvents.ts"
import { bodies, mug, uuid } from "./Samples.ts"
import * as ServiceProcess from "./ServiceProcess.ts"
import { ask } from "./TestService.ts"

// Each has a process of its own, and waits for it most of the time.
const long = { timeout: 300_000, concurrent: true }

const draft = () => ({ orderId: `order_${uuid()}`, customerId: uuid(), currency: "EUR", items: [mug] })

describe("the service as a process", () => {
  it.live(
    "has everything again after kill -9 and a restart",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = yield* ServiceProcess.temporaryFolder
        yield* EmbeddedPorts.prepare(DATA_DIR)
        const acknowledged = new Set<string>()
        const first = yield* ServiceProcess.startReady({ DATA_DIR })
        const place = Effect.gen(function* () {
          const order = draft()
          const drafted = yield* ask(first.url, "POST", "/orders", { body: order })
          const placed = yield* ask(first.url, "POST", `/orders/${drafted.body.text("orderId")}/place`, {
            body: bodies.place
          })
          if (placed.status === 200) acknowledged.add(order.orderId)
          // In the middle of its work, with other requests on their way.
          if (acknowledged.size === 30) yield* first.kill("SIGKILL")
        })
        const all = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 200 }), () => Effect.exit(place), { concurrency: 8, discard: true })
        )
        assert.strictEqual(yield* first.ended, "SIGKILL")
        yield* Fiber.interrupt(all)
        assert.isAtLeast(acknowledged.size, 30)

        const second = yield* ServiceProcess.startReady({ DATA_DIR })
        for (const orderId of acknowledged) {
          const order = yield* ask(second.url, "GET", `/orders/${orderId}`)
          assert.deepStrictEqual([order.status, order.body.at("status"), order.body.at("version")], [200, "placed", 3])
          const history = yield* ask(second.url, "GET", `/orders/${orderId}/events`)
          assert.deepStrictEqual(
            history.body.all("events").map((event) => event.at("type")),
            ["OrderDrafted", "ItemAdded", "OrderPlaced"]
          )
        }
        // The lease of the process that was killed has to end first.
        const list = yield* Effect.repeat(ask(second.url, "GET", "/orders?status=placed&limit=100"), {
          schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "30 seconds" })),
          until: ({ body }) => body.at("upToDate") === true
        })
        assert.isTrue(list.body.at("upToDate"))
        assert.includeMembers(
          list.body.all("orders").map((order) => order.text("orderId")),
          Array.from(acknowledged)
        )
        const next = yield* ask(second.url, "POST", "/orders", { body: draft() })
        assert.strictEqual(next.status, 201)
      }),
    long
  )

  it.live(
    "finishes what it has begun on SIGTERM, takes nothing new, and ends with code 0",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = yield* ServiceProcess.temporaryFolder
        yield* EmbeddedPorts.prepare(DATA_DIR)
        const service = yield* ServiceProcess.startReady({ DATA_DIR, LOG_FORMAT: "json" })
        // It is asked every few seconds, and is no line of the log, unless it cannot do its work yet.
        const health = yield* ask(service.url, "GET", "/health").pipe(
          Effect.repeat({
            until: ({ status }) => status === 200,
            schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "60 seconds" }))
          })
        )
        assert.strictEqual(health.status, 200)
        const halfway = yield* sendHalf(service.url, draft())
        // It would go on for ever.
        const live = yield* listen(`${service.url}/orders/live`)
        yield* service.kill("SIGTERM")
        yield* service.until(/the service stops/u)
        const late = yield* Effect.exit(ask(service.url, "GET", "/health"))
        assert.isTrue(Exit.isFailure(late))
        yield* live.ended
        assert.match(yield* halfway.sendRest, /^HTTP\/1\.1 201 /u)
        assert.strictEqual(yield* service.ended, 0)
        assert.strictEqual(service.errors(), "")

        const lines = service
          .output()
          .trim()
          .split("\n")
          .map((line) => Json.parse(line))
          .filter((line) => !line.text("message").startsWith("GET /health 503"))
        assert.deepStrictEqual(
          lines.map((line) => [line.at("level"), line.text("message").replace(/\d+ ms/u, "… ms")]),
          [
            ["INFO", "the service is ready"],
            ["INFO", "GET /orders/live 200 in … ms"],
            ["INFO", "the service stops: it finishes what it has begun"],
            ["INFO", "POST /orders 201 in … ms"]
          ]
        )
        assert.containsAllKeys(lines[0]?.at("annotations"), ["url", "database", "durability", "version"])
      }),
    long
  )

  it.live(
    "says at the start where it is, what its database promises, and what to do next",
    () =>
      Effect.gen(function* () {
        const DATA_DIR = yield* ServiceProcess.temporaryFolder
        yield* EmbeddedPorts.prepare(DATA_DIR)
        const service = yield* ServiceProcess.startReady({ DATA_DIR })
        const { url } = service
        for (const text of [url, `${url}/docs`, `${url}/health`, DATA_DIR, "a power cut may", "npm run demo", "curl"]) {
          assert.include(service.output(), text)
        }
        const other = yield* ServiceProcess.start({ DATA_DIR, PORT: "0" })
        assert.strictEqual(yield* other.ended, 1)
        assert.include(other.errors(), `The data directory ${DATA_DIR} is in use by process`)
        assert.notMatch(other.errors(), /\n\s+at /u)
        yield* service.kill("SIGINT")
        assert.strictEqual(yield* service.ended, 0)
      }),
    long
  )

  it.live(
    "does not start with wrong settings, and names all of them",
    () =>
      Effect.gen(function* () {
        const env = { PORT: "many", LOG_LEVEL: "loud", DATABASE_URL: "mysql://root:hunter2@db/orders" }
        const service = yield* ServiceProcess.start(env)
        assert.strictEqual(yield* service.ended, 1)
        const errors = service.errors()
        assert.match(errors, /^The service did not start, because its configuration is wrong:\n/u)
        for (const variable of Object.keys(env)) assert.match(errors, new RegExp(`^  ${variable} must be `, "mu"))
        assert.notInclude(errors, "hunter2")
        assert.notMatch(errors, /\n\s+at /u)
        assert.strictEqual(service.output(), "")
      }),
    long
  )

  it.live(
    "does not start on a server without a master key, and names it",
    () =>
      Effect.gen(function* () {
        const service = yield* ServiceProcess.start({ PORT: "0", DATABASE_URL: inject("postgresUrl") })
        assert.strictEqual(yield* service.ended, 1)
        assert.match(
          service.errors(),
          /^The service did not start, .*:\n  EVENTFOLD_MASTER_KEY must be set .* `openssl rand -base64 32`.*; it is not set\n$/u
        )
        assert.strictEqual(service.output(), "")
      }),
    long
  )

  it.live(
    "does not start on a port in use, and names PORT",
    () =>
      Effect.gen(function* () {
        const port = yield* occupiedPort
        const DATA_DIR = yield* ServiceProcess.temporaryFolder
        yield* EmbeddedPorts.prepare(DATA_DIR)
        const service = yield* ServiceProcess.start({ PORT: String(port), DATA_DIR })
        assert.strictEqual(yield* service.ended, 1)
        assert.include(service.errors(), `port ${port} of 127.0.0.1 is in use. Set PORT to another one`)
        assert.notMatch(service.errors(), /\n\s+at /u)
      }),
    long
  )
})

/** A port that somebody else listens on. */
const occupiedPort = Effect.acquireRelease(
  Effect.callback<ReturnType<typeof createServer>>((resume) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => server.close())
).pipe(
  Effect.map((server) => {
    const address = server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  })
)

/** Sends a request up to the middle of its body. */
const sendHalf = (url: string, order: object) => {
  const { hostname, port } = new URL(url)
  const body = JSON.stringify(order)
  const head = `POST /orders HTTP/1.1\r\nhost: x\r\nx-role: operator\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  let answer = ""
  return Effect.map(
    Effect.acquireRelease(
      Effect.callback<ReturnType<typeof connect>>((resume) => {
        const socket = connect(Number(port), hostname)
        socket.on("data", (data) => void (answer += String(data)))
        socket.write(head + body.slice(0, 20), () => resume(Effect.succeed(socket)))
      }),
      (socket) => Effect.sync(() => socket.destroy())
    ),
    (socket) => ({
      sendRest: Effect.callback<string>((resume) => {
        socket.once("close", () => resume(Effect.succeed(answer)))
        socket.write(body.slice(20))
      })
    })
  )
}
