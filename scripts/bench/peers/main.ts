/**
 * The process of one peer: `node main.ts NAME FOLDER URL`, started by `PeerProcess.ts`, which asks it for one run at a
 * time. Callers here are plain promises: nothing of eventfold or of Effect is on the way of a peer's operation.
 *
 * Before anything is measured, the peer has to show that it refuses a second append to a stream that must not exist, and
 * that it reads back what was written: a store that leaves out the work would win.
 */
import { createRequire } from "node:module"
import { join } from "node:path"
import { Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { percentiles, type Rate } from "../Load.ts"
import * as Castore from "./Castore.ts"
import * as Emmett from "./Emmett.ts"
import * as MessageDb from "./MessageDb.ts"
import type { Load, Modules } from "./Modules.ts"
import type { OrderProjection, PeerAdapter, PeerEvent, PeerStore } from "./Peer.ts"
import { type Answer, Question } from "./Protocol.ts"

const [name = "", folder = "", url = ""] = process.argv.slice(2)

const require = createRequire(join(folder, "package.json"))
const load: Load = <Name extends keyof Modules>(module: Name) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the peer is installed when the bench runs: its types are not here
  require(module) as Modules[Name]

const open = (): PeerAdapter => {
  switch (name) {
    case "emmett":
      return Emmett.adapter(load, url)
    case "castore":
      return Castore.adapter(load, url)
    case "message-db":
      return MessageDb.adapter(load, url, folder)
    default:
      throw new Error(`There is no peer ${name}`)
  }
}

const Payload = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))

const length = 1000
const long = SecureRandom.uuidV7Unsafe()
let event: PeerEvent = { type: "MoneyDeposited", data: {}, metadata: { actor: "bench" } }
let item: PeerEvent = { ...event, type: "ItemAdded" }

let order: ReadonlyArray<ReadonlyArray<PeerEvent>> = []

/** How many orders a peer projects. Few, because a peer may take its time; the rate stays the same. */
const orders = 1500
let filled = false

/** Orders that are on their way at the same time, as in the log that eventfold projects. */
const fillOrders = async (list: OrderProjection) => {
  if (filled) return
  const ids = Array.from({ length: orders }, () => SecureRandom.uuidV7Unsafe())
  for (const events of order) {
    const left = [...ids]
    const appender = async () => {
      for (let orderId = left.pop(); orderId !== undefined; orderId = left.pop()) {
        const own = { orderId }
        await list.append(
          orderId,
          events.map((event) => ({ ...event, data: { ...event.data, ...own } }))
        )
      }
    }
    await Promise.all(Array.from({ length: 8 }, appender))
  }
  filled = true
}

const project = async (list: OrderProjection) => {
  const count = await list.project()
  if (count !== orders) throw new Error(`its list has ${count} of ${orders} orders`)
}

const prove = async (store: PeerStore): Promise<Answer> => {
  const stream = SecureRandom.uuidV7Unsafe()
  await store.append(stream, event)
  const second = await store.append(stream, event).then(
    () => "accepted",
    () => "refused"
  )
  if (second === "accepted") throw new Error("it appended to a stream that was not to exist")
  await store.fill(long, item, length)
  await readLong(store)
  return { _tag: "Prepared" }
}

const readLong = async (store: PeerStore) => {
  const count = await store.read(long)
  if (count !== length) throw new Error(`it read ${count} of ${length} events`)
}

const repeat = async (callers: number, seconds: number, weight: number, operation: () => Promise<unknown>) => {
  const times: Array<number> = []
  const started = performance.now()
  const deadline = started + seconds * 1000
  const caller = async () => {
    while (performance.now() < deadline) {
      const begun = performance.now()
      await operation()
      times.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  const elapsed = (performance.now() - started) / 1000
  return { perSecond: (times.length * weight) / elapsed, ...percentiles(times) } satisfies Rate
}

const adapter = open()

const answer = async (question: Question): Promise<Answer> => {
  if (question._tag === "Prepare") {
    event = { ...event, data: Schema.decodeSync(Payload)(question.payload) }
    item = { ...item, data: Schema.decodeSync(Payload)(question.item) }
    order = question.order.map((events) =>
      events.map(({ data, type }) => ({ ...event, type, data: Schema.decodeSync(Payload)(data) }))
    )
    await adapter.prepare()
  }
  const store = await adapter.open()
  const result = question._tag === "Prepare" ? await prove(store) : await measure(store, question)
  // Only after a success: a pool waits for connections that a failure has not given back. The bench ends a process that
  // has failed.
  await store.close()
  return result
}

const measure = async (
  store: PeerStore,
  question: Extract<Question, { readonly _tag: "Measure" }>
): Promise<Answer> => {
  const { orders: list } = store
  if (question.measure === "catch-up-order-list") {
    if (list === undefined) throw new Error("it has no projections")
    await fillOrders(list)
    const weight = orders * order.flat().length
    return { _tag: "Measured", ...(await repeat(1, question.seconds, weight, () => project(list))) }
  }
  const run = (seconds: number) =>
    question.measure === "append-1"
      ? repeat(question.callers, seconds, 1, () => store.append(SecureRandom.uuidV7Unsafe(), event))
      : repeat(question.callers, seconds, length, () => readLong(store))
  // Connections are made and statements prepared before the clock runs.
  await run(0.5)
  return { _tag: "Measured", ...(await run(question.seconds)) }
}

process.on("message", (message) => {
  void answer(Schema.decodeUnknownSync(Question)(message))
    .catch((error: unknown): Answer => ({
      _tag: "Failed",
      reason: error instanceof Error ? error.message : String(error)
    }))
    .then((reply) => process.send?.(reply))
})
// The bench is gone: nobody asks any more.
process.on("disconnect", () => process.exit())
