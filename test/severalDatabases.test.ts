/**
 * One process that hosts every context, with three databases: what is in one database is a service, which has a port, a log and a
 * store of its own. They find each other, the gateway finds them by NATS, and an order comes from the catalogue to the parcel.
 */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { EventStore } from "@eventfold/event-store"
import { Database, layerPostgres } from "@eventfold/postgres"
import { ConfigProvider, Effect, FileSystem, Layer, Stream } from "effect"
import * as Servers from "../scripts/services/Servers.ts"
import * as Services from "../scripts/services/Services.ts"
import type { Topology } from "../scripts/services/Topology.ts"

const contexts = "accounts analytics billing catalog customers inventory notifications ordering payments shipping"

const topology: Topology = {
  name: "services",
  servers: ["postgres", "nats"],
  programs: [
    {
      name: "orders",
      app: "orders-api",
      contexts: contexts.split(" "),
      database: "eventfold_orders",
      port: 0,
      waitsFor: ["postgres", "nats"]
    },
    { name: "gateway", app: "gateway", contexts: [], database: undefined, port: 20, waitsFor: ["orders"] }
  ],
  entrance: "gateway"
}

/** The categories of the streams of a store. */
const categoriesOf = (env: Readonly<Record<string, string>>) =>
  Effect.flatMap(EventStore, (store) => Stream.runCollect(store.readAll())).pipe(
    Effect.map((events) => new Set(events.map(({ stream }) => stream.category))),
    Effect.provide(
      Layer.provideMerge(layerPostgres, Layer.fresh(Database.layer)).pipe(
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      )
    )
  )

const script = join(import.meta.dirname, "../scripts/services/order.ts")

/** Has an order placed, paid and shipped. Answers what was said of it. */
const order = (baseUrl: string) =>
  Effect.callback<string, string>((resume) => {
    const env = { PATH: process.env["PATH"] ?? "", BASE_URL: baseUrl }
    const child = execFile(process.execPath, [script], { env }, (error, output, errors) =>
      resume(error === null ? Effect.succeed(output) : Effect.fail(`${output}${errors}`))
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

layer(NodeServices.layer, { excludeTestServices: true })("a process with several databases", (it) => {
  it.effect(
    "is a service for each of them, which find each other",
    () =>
      Effect.gen(function* () {
        const said: Array<string> = []
        const fs = yield* FileSystem.FileSystem
        const data = yield* fs.makeTempDirectoryScoped({ prefix: "eventfold-several-" })
        // Root runs PostgreSQL as somebody else, who must come through here.
        yield* fs.chmod(data, 0o711)
        const server = yield* Servers.postgres(join(data, "postgres"), {
          onEnd: () => void said.push("PostgreSQL ended")
        })
        const own = { names: ["eventfold_stock", "eventfold_money"], suffix: `_s${process.pid}`, temporary: true }
        const urlOf = yield* Servers.databases(server, own)
        const running = yield* Services.start({
          topology,
          data,
          portsFrom: 3300,
          databaseServer: server,
          temporaryDatabases: own.suffix,
          registry: "nats",
          environment: {
            PATH: process.env["PATH"] ?? "",
            NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? "",
            INVENTORY_DATABASE_URL: urlOf("eventfold_stock"),
            PAYMENTS_DATABASE_URL: urlOf("eventfold_money"),
            BILLING_DATABASE_URL: urlOf("eventfold_money")
          },
          say: (name, line) => void said.push(`${name}: ${line}`)
        })
        const told = (text: string) => said.some((line) => line.startsWith(`orders:   ${text}`))
        assert.isTrue(told("Contexts   inventory"), said.join("\n"))
        assert.isTrue(told("Contexts   billing, payments"))
        assert.include(yield* order(running.url ?? ""), "is captured")

        const env = running.environmentOf("orders")
        const stores = yield* Effect.forEach(
          [env["DATABASE_URL"] ?? "", urlOf("eventfold_stock"), urlOf("eventfold_money")],
          (DATABASE_URL) => categoriesOf({ ...env, DATABASE_URL })
        )
        const whose = ["order", "shipment", "reservation", "payment"].map((category) =>
          stores.map((store) => store.has(category))
        )
        assert.deepStrictEqual(whose, [
          [true, false, false],
          [true, false, false],
          [false, true, false],
          [false, false, true]
        ])
        yield* running.stop("orders")
        assert.isTrue(running.inOrder(), said.slice(-20).join("\n"))
      }).pipe(Effect.scoped),
    400_000
  )
})
