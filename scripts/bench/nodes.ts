/**
 * `npm run bench:nodes -- [--by leases|cluster-quick|cluster]`: who places the work of several processes better, leases or `effect/cluster`:
 * 45 pieces of work, three processes on one PostgreSQL database (`TEST_DATABASE_URL`, else one of its own), one killed, one frozen.
 * One JSON object a line.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Console, Effect, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { Reactivity } from "effect/reactivity"
import * as PostgresServer from "../../test/PostgresServer.ts"
import * as Database from "./Database.ts"
import * as Placing from "./nodes/Placing.ts"

const server = Effect.acquireRelease(
  Effect.promise(async () => {
    const given = process.env["TEST_DATABASE_URL"]
    return given === undefined ? await PostgresServer.start({ durable: true }) : { url: given, stop: async () => {} }
  }),
  ({ stop }) => Effect.promise(stop)
)

const client = (url: string) => PgClient.layer({ url: Redacted.make(url), maxConnections: 4 })
const print = (value: object) => Console.log(JSON.stringify(value))

/** Something on a database of its own. */
const onNew = <A, E, R>(at: string, name: string, work: (url: string) => Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const url = yield* Database.create(at, `eventfold_nodes_${process.pid}_${name}`)
      return yield* Effect.provide(work(url), client(url))
    })
  )

const placing = Effect.fnUntraced(function* (at: string, by: Placing.PlacedBy | "all") {
  for (const one of by === "all" ? (["leases", "cluster-quick", "cluster"] as const) : [by]) {
    yield* print(yield* onNew(at, one.replace("-", "_"), (url) => Placing.run(one, url)))
  }
})

const command = Command.make(
  "nodes",
  {
    by: Flag.Literals("by", ["leases", "cluster-quick", "cluster", "all"]).pipe(Flag.withDefault("all"))
  },
  Effect.fnUntraced(function* ({ by }) {
    const { url } = yield* server
    yield* placing(url, by)
  }, Effect.scoped)
)

Command.run(command, { version: "1.0.0" }).pipe(
  Effect.provide([Reactivity.layer, NodeServices.layer]),
  NodeRuntime.runMain
)
