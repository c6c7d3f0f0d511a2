/**
 * `npm run bench:gateway [-- --seconds 10]`: what the gateway costs. The same requests go to a service and through a gateway before
 * it, in turns, by 1 and by 8 callers. One JSON object a line.
 *
 * The service has every context, in a database of its own on a server of its own, and needs no NATS.
 */
import { join } from "node:path"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Load from "./Load.ts"
import * as Servers from "../services/Servers.ts"
import * as Services from "../services/Services.ts"
import { monolith, type Topology } from "../services/Topology.ts"

const contexts = "accounts analytics billing catalog customers inventory notifications ordering payments shipping"

/** One service, which has a gateway before it. */
const topology: Topology = {
  ...monolith,
  programs: [
    ...monolith.programs.map((program) => ({ ...program, contexts: contexts.split(" ") })),
    { name: "gateway", app: "gateway", contexts: [], database: undefined, port: 1, waitsFor: ["orders"] }
  ],
  entrance: "gateway"
}

/** The rounds of one measurement: in turns, so that what the machine does meanwhile meets both. */
const rounds = 5

/** What is asked: an order that is there, read from its events, and a new one. */
const requests = (orderId: string) => ({
  "GET /orders/{id}": (baseUrl: string) => HttpClientRequest.get(`${baseUrl}/orders/${orderId}`),
  "POST /orders": (baseUrl: string) =>
    HttpClientRequest.post(`${baseUrl}/orders`).pipe(
      HttpClientRequest.bodyJsonUnsafe({ customerId: "0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55", currency: "EUR" })
    )
})

/** The round in the middle. */
const middle = (rounds: ReadonlyArray<Load.Rate>) => {
  const { p50ms = 0, p99ms = 0, perSecond = 0 } = Load.median(rounds) ?? {}
  return { perSecond: Math.round(perSecond), p50ms: Number(p50ms.toFixed(2)), p99ms: Number(p99ms.toFixed(2)) }
}

const Drafted = Schema.fromJsonString(Schema.Struct({ orderId: Schema.String }))

const measure = Effect.fnUntraced(function* (seconds: number) {
  const fs = yield* FileSystem.FileSystem
  const data = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-gateway-" })
  // Root runs PostgreSQL as somebody else, who must come through here.
  yield* fs.chmod(data, 0o711)
  const databaseServer = yield* Servers.postgres(join(data, "postgres"), { onEnd: () => {} })
  const running = yield* Services.start({
    topology,
    data,
    portsFrom: "free",
    databaseServer,
    environment: { PATH: process.env["PATH"] ?? "", LOG_LEVEL: "Error" },
    say: () => {}
  })
  const [service = "", gateway = ""] = running.programs.map(({ url }) => url)
  const client = yield* HttpClient.HttpClient
  const drafted = yield* Effect.flatMap(client.execute(requests("")["POST /orders"](gateway)), ({ text }) => text)
  const { orderId } = yield* Schema.decodeEffect(Drafted)(drafted)

  const ok = HttpClient.filterStatusOk(client)
  const ask = (request: HttpClientRequest.HttpClientRequest, callers: number, seconds: number) =>
    Load.measure({
      callers,
      seconds,
      weight: 1,
      operation: Effect.flatMap(ok.execute(request), ({ text }) => text)
    })

  for (const [name, request] of Object.entries(requests(orderId))) {
    for (const callers of [1, 8]) {
      // What is compiled and connected first counts for neither.
      for (const url of [service, gateway]) yield* ask(request(url), callers, 1)
      const [direct, through]: [Array<Load.Rate>, Array<Load.Rate>] = [[], []]
      for (let round = 0; round < rounds; round += 1) {
        direct.push(yield* ask(request(service), callers, seconds / rounds))
        through.push(yield* ask(request(gateway), callers, seconds / rounds))
      }
      yield* Console.log(JSON.stringify({ request: name, callers, direct: middle(direct), through: middle(through) }))
    }
  }
}, Effect.scoped)

const seconds = Flag.Finite("seconds").pipe(
  Flag.withDefault(10),
  Flag.withDescription("how long each way is asked, in all rounds together")
)

Command.run(
  Command.make("gateway", { seconds }, ({ seconds }) => measure(seconds)),
  { version: "1.0.0" }
).pipe(Effect.provide([NodeServices.layer, NodeHttpClient.layerUndici]), NodeRuntime.runMain)
