/**
 * One of several processes that share work, which is to write a row every tenth of a second for each of so many names. Who places
 * the work is the first argument: `leases` of consumers with `NodePlacement`, or `cluster`, the singletons of `effect/cluster`,
 * with its defaults or, as `cluster-quick`, set to be as quick as our leases. The second is the name of the process.
 *
 * It writes `ready` once it competes. What it writes to the database is for `nodes.ts` to judge.
 */
import { connect, createServer } from "node:net"
import { NodeClusterSocket, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { Transaction } from "@eventfold/event-store"
import { layerPostgres } from "@eventfold/postgres"
import { Consumers, NodePlacement } from "@eventfold/subscriptions"
import * as LeaseKeeper from "@eventfold/subscriptions/LeaseKeeper"
import * as Nudge from "@eventfold/subscriptions/Nudge"
import { Config, ConfigProvider, Console, Effect, Layer, Option } from "effect"
import {
  MessageStorage,
  RunnerAddress,
  RunnerHealth,
  Sharding,
  ShardingConfig,
  SocketRunner,
  SqlRunnerStorage
} from "effect/cluster"
import { RpcSerialization } from "effect/rpc"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import { masterKey } from "../OrderService.ts"

const [placing = "leases", node = "one"] = process.argv.slice(2)
const count = 45
const names = Array.from({ length: count }, (_, index) => `work-${index}`)

const database = PgClient.layerConfig({ url: Config.Redacted("DATABASE_URL"), maxConnections: Config.succeed(10) })

const write = (sql: SqlClient.SqlClient, name: string) => sql`insert into work (name, node) values (${name}, ${node})`

/** As consumers do it: under a lease, in a transaction whose first statement is the fence. */
const leases = Effect.gen(function* () {
  const [consumers, placement] = [yield* Consumers, yield* NodePlacement.NodePlacement]
  const [sql, transaction] = [yield* SqlClient.SqlClient, yield* Transaction]
  const owner = placement.node ?? node
  for (const name of names) {
    yield* consumers.register(name, 1, 0)
    const nudge = Nudge.make()
    const seat = yield* placement.join({ consumer: name, slice: 0 }, nudge)
    const work = (lease: LeaseKeeper.KeptLease) =>
      lease
        .during(
          transaction.run(
            Effect.gen(function* () {
              if (!(yield* consumers.advance(lease, lease.position, lease.position))) {
                return yield* new LeaseKeeper.LeaseLost({ consumer: name, slice: 0 })
              }
              yield* write(sql, name)
            })
          )
        )
        .pipe(Effect.andThen(Effect.sleep("100 millis")), Effect.forever)
    const turn = Effect.gen(function* () {
      if (seat.isTurn()) {
        const keeping = { owner, timeToLive: LeaseKeeper.usualTime, nudge }
        yield* LeaseKeeper.work(consumers, { consumer: name, slice: 0 }, keeping, (lease) =>
          Effect.raceFirst(work(lease), seat.wanted)
        )
      }
      yield* nudge.wait("250 millis")
    })
    yield* Effect.forkScoped(Effect.forever(Effect.ignoreCause(turn)))
  }
})

/** As `effect/cluster` does it: a singleton for each name, which runs where its shard is. It is given nothing to fence with. */
const singletons = Effect.gen(function* () {
  const [sharding, sql] = [yield* Sharding.Sharding, yield* SqlClient.SqlClient]
  for (const name of names) {
    const work = Effect.andThen(write(sql, name), Effect.sleep("100 millis")).pipe(Effect.forever)
    yield* sharding.registerSingleton(name, Effect.ignoreCause(work))
  }
})

/** Whether the socket of a runner takes connections: of a frozen process it does. */
const reachable = Layer.succeed(RunnerHealth.RunnerHealth, {
  isAlive: ({ host, port }: RunnerAddress.RunnerAddress) =>
    Effect.callback<boolean>((resume) => {
      const socket = connect({ host, port, timeout: 1000 })
      const done = (alive: boolean) => () => {
        socket.destroy()
        resume(Effect.succeed(alive))
      }
      socket.once("connect", done(true)).once("error", done(false)).once("timeout", done(false))
    })
})

const freePort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

const quick = {
  shardLockRefreshInterval: "1 seconds",
  shardLockExpiration: "3 seconds",
  refreshAssignmentsInterval: "500 millis",
  runnerHealthCheckInterval: "1 seconds"
} as const

const cluster = Layer.unwrap(
  Effect.map(freePort, (port) =>
    Layer.provide(SocketRunner.layer, [
      NodeClusterSocket.layerSocketServer,
      NodeClusterSocket.layerClientProtocol
    ]).pipe(
      Layer.provide(reachable),
      Layer.provide(MessageStorage.layerNoop),
      Layer.provide(Layer.orDie(SqlRunnerStorage.layer)),
      Layer.provide(
        ShardingConfig.layer({
          runnerAddress: Option.some(RunnerAddress.make("127.0.0.1", port)),
          ...(placing === "cluster-quick" ? quick : {})
        })
      ),
      Layer.provide(RpcSerialization.layerSchemaBinary())
    )
  )
)

const ports = Layer.provide(
  layerPostgres,
  ConfigProvider.layer(ConfigProvider.fromEnv({ env: { EVENTFOLD_MASTER_KEY: masterKey } }))
)

Effect.gen(function* () {
  if (placing === "leases") {
    const context = yield* Layer.build(NodePlacement.layer({ node }).pipe(Layer.provideMerge(ports)))
    yield* Effect.provideContext(leases, context)
  } else {
    const context = yield* Layer.build(cluster)
    yield* Effect.provideContext(singletons, context)
  }
  yield* Console.log("ready")
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(database, Reactivity.layer)), NodeRuntime.runMain)
