/**
 * E75, persisted state of a process: it survives a restart, and of two nodes that handle it at the same moment one wins.
 *
 * Shows: an order whose process was stopped half-way and goes on where it stood, without doing anything twice; two nodes
 * over one store; two hands that give the same process the same news at once; and the history of a process, which is a
 * stream of events like any other.
 */
import { ProcessManager } from "@eventfold/decider"
import { CommandHandler, EventStore, StreamId } from "@eventfold/event-store"
import { Console, DateTime, Effect, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { happened, limits, orderProcess } from "./OrderProcess.ts"
import { done, happens, type Provider, start } from "./ProcessNodes.ts"
import { until } from "./ReadSide.ts"

/** What it is about. */
export const title = "A process that survives a restart, and two nodes of which one wins"

const name = "example-e75"
const process = orderProcess(name, limits)
const provider: Provider = { does: "pays", after: 0 }

/** The story. */
export const program = Effect.gen(function* () {
  const store = yield* EventStore
  const placed = Effect.fnUntraced(function* () {
    const order = SecureRandom.uuidV7Unsafe()
    yield* happens(order, "ExampleOrderPlaced")
    return order
  })
  const isDone = (order: string, last: string) =>
    until(
      `an order gets as far as ${last}`,
      Effect.map(done(order), (all) => all.includes(last))
    )
  const phaseOf = Effect.fnUntraced(function* (node: { readonly runner: Runner }, order: string) {
    return yield* Effect.map(node.runner.standing(name, "main", order), ({ phase }) => phase)
  })
  const reaches = (node: { readonly runner: Runner }, order: string, phase: string) =>
    until(
      `an order is ${phase}`,
      Effect.map(phaseOf(node, order), (now) => now === phase)
    )

  yield* Console.log("An order is placed and paid, and then the node stops")
  const first = yield* start(name, limits, provider)
  const order = yield* placed()
  yield* reaches(first, order, "waiting for approval")
  yield* first.stop
  yield* Console.log(`  done so far: ${(yield* done(order)).join(", ")}`)

  yield* Console.log("Another node is started: it knows where the order stands")
  const second = yield* start(name, limits, provider)
  yield* Console.log(`  ${yield* phaseOf(second, order)}`)
  yield* happens(order, "ExampleOrderApproved")
  yield* isDone(order, "Shipped")
  yield* Console.log(`  done: ${(yield* done(order)).join(", ")}`)

  yield* Console.log("Two nodes, twenty orders")
  yield* start(name, limits, provider)
  const orders = yield* Effect.all(
    Array.from({ length: 20 }, () => placed()),
    { concurrency: 4 }
  )
  yield* Effect.forEach(orders, (one) => happens(one, "ExampleOrderApproved"), { concurrency: 4 })
  yield* Effect.forEach(orders, (one) => isDone(one, "Shipped"))
  const all = yield* Effect.forEach(orders, done)
  const count = (what: string) => all.flat().filter((one) => one === what).length
  yield* Console.log(`  paid ${count("Paid")} times, shipped ${count("Shipped")} times`)

  yield* Console.log("Two hands give a process the same news at the same moment")
  // #region both
  const hands = CommandHandler.make(ProcessManager.decider(process))
  const stream = StreamId.make("main", process.category, SecureRandom.uuidV7Unsafe())
  const occurredAt = yield* DateTime.now
  const news = { input: happened("ExampleOrderPlaced", stream.id, occurredAt), at: occurredAt }
  const both = yield* Effect.all([hands.handle(stream, news), hands.handle(stream, news)], { concurrency: 2 })
  // #endregion both
  const told = both.map(({ events }) => events.map(({ _tag }) => _tag).join(", ")).toSorted()
  for (const line of told) yield* Console.log(`  ${line}`)

  yield* Console.log("What is recorded of the first order")
  const history = yield* Stream.runCollect(store.read(StreamId.make("main", process.category, order)))
  const tags = history.map(({ data, type }) => (type === "InputTaken" ? `${type} (${phaseIn(data)})` : type))
  for (const tag of tags) yield* Console.log(`  ${tag}`)
}).pipe(Effect.scoped)

type Runner = Effect.Success<ReturnType<typeof start>>["runner"]

const phaseIn = (data: unknown): string =>
  typeof data === "object" && data !== null && "phase" in data ? String(data.phase) : ""
