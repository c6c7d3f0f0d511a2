/**
 * E74, process manager: an order with branches, told by its process manager alone.
 *
 * Shows: the way from placing to delivery, with approval before and after payment; three attempts at a payment; a provider
 * that is down, asked every hour for 24 hours; a delayed parcel, of which the customer is told; what comes at the wrong
 * time, ignored for everybody to see; and the diagram of it all. Nothing waits: a process manager is a value.
 */
import { Decider, ProcessManager } from "@eventfold/decider"
import { mermaidOfProcessManager, ofProcessManager } from "@eventfold/decider/DiagramProcess"
import { Console, DateTime, Effect, Result } from "effect"
import { happened, limits, type OrderEvent, orderProcess } from "./OrderProcess.ts"

/** What it is about. */
export const title = "Process manager: an order with branches, three payment attempts and a provider that is down"

const process = orderProcess("example-e74", limits)
const decider = ProcessManager.decider(process)
type Input = Parameters<typeof process.evolve>[1]
type Standing = typeof decider.initial

const noon = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
const event = (tag: OrderEvent["_tag"]) => (at: DateTime.Utc) => happened(tag, "o1", at)

type Come = (at: DateTime.Utc, standing: Standing) => Input
/** The outcome of the command that was sent last under a key. */
const outcome =
  (
    command: "example.ReserveStock" | "example.TakePayment",
    key: string,
    how: "answered" | "refused" | "failed"
  ): Come =>
  (occurredAt, { open }) => {
    const number = Number(Object.entries(open).findLast(([, name]) => name === key)?.[0] ?? 0)
    const sent = { command, key, number, occurredAt }
    if (how === "answered") return { _tag: "CommandAnswered", ...sent, answer: {} }
    return how === "refused"
      ? { _tag: "CommandRefused", ...sent, refusal: "declined" }
      : { _tag: "CommandFailed", ...sent, error: "the provider is down" }
  }
const stock = outcome("example.ReserveStock", "stock", "answered")
const payment = (attempt: number, how: "answered" | "refused" | "failed" = "answered") =>
  outcome("example.TakePayment", `payment ${attempt}`, how)
/** A timer of the process, when it is due. */
const due =
  (timer: string): Come =>
  (at, { timers }) => {
    const dueAt = timers[timer] ?? at
    return { _tag: "TimerFired", timer, dueAt, occurredAt: dueAt }
  }

const labelOf = (input: Input): string => {
  if (input._tag === "TimerFired") return `timer ${input.timer}`
  return "key" in input
    ? `${input.key}: ${input._tag.replace("Command", "").toLowerCase()}`
    : input._tag.replace("Example", "")
}

/** What it does about an input, in a line. */
const take = (standing: Standing, input: Input) => {
  const { events, state } = Result.getOrThrow(Decider.decide(decider, { input, at: input.occurredAt }, standing))
  const does = events.flatMap((one) => {
    if (one._tag === "CommandIssued") return [`send ${one.message.key}`]
    if (one._tag === "TimerStarted") return [`start timer ${one.timer}`]
    if (one._tag === "TimerCancelled") return [`cancel timer ${one.timer}`]
    if (one._tag === "InputIgnored") return [`ignored: ${one.because}`]
    return one._tag === "ProcessEnded" ? [`the end: ${one.phase}`] : []
  })
  return { state, line: `  ${labelOf(input)} -> ${does.length === 0 ? "noted" : does.join(", ")}` }
}

const tell = Effect.fnUntraced(function* (name: string, ...come: ReadonlyArray<Come>) {
  yield* Console.log(name)
  let standing = decider.initial
  for (const one of come) {
    const { line, state } = take(standing, one(noon, standing))
    standing = state
    yield* Console.log(line)
  }
})

const [placed, approved] = [event("ExampleOrderPlaced"), event("ExampleOrderApproved")]
const [delayed, delivered] = [event("ExampleParcelDelayed"), event("ExampleParcelDelivered")]

/** The story. */
export const program = Effect.gen(function* () {
  yield* tell("Paid, then approved", placed, stock, payment(1), approved, delivered)
  yield* tell("Approved, then paid, and the parcel is late", placed, approved, stock, payment(1), delayed, delivered)
  yield* tell(
    "Three attempts: declined, not answered in 30 seconds, declined",
    placed,
    stock,
    payment(1, "refused"),
    due("payment"),
    payment(3, "refused")
  )
  yield* tell("No stock within 60 seconds", placed, due("stock"))
  yield* tell(
    "What comes at the wrong time",
    approved,
    placed,
    placed,
    delivered,
    stock,
    due("payment"),
    payment(1),
    payment(2, "refused")
  )

  yield* Console.log("The provider is down: asked every hour for 24 hours, then cancelled")
  let standing = [placed, stock].reduce((before, come) => take(before, come(noon, before)).state, decider.initial)
  let [at, asked] = [noon, 1]
  while (standing.status === "running") {
    standing = take(standing, payment(1, "failed")(at, standing)).state
    const input = due("provider")(at, standing)
    at = input.occurredAt
    const { line, state } = take(standing, input)
    standing = state
    if (asked === 1 || state.status === "ended") yield* Console.log(line)
    if (state.status === "running") asked += 1
  }
  yield* Console.log(`  asked ${asked} times, until ${DateTime.formatIso(at)}`)

  yield* Console.log("Its diagram, found by trying it")
  const samples = [placed, approved, delayed, delivered].map((come): Input => come(noon))
  const outcomes = (["answered", "refused", "failed"] as const).flatMap((how) =>
    [1, 2, 3].map((attempt) => payment(attempt, how)(noon, decider.initial))
  )
  const diagram = ofProcessManager(process, [...samples, stock(noon, decider.initial), ...outcomes])
  yield* Console.log(`  ${diagram.phases.map(({ name }) => name).join(", ")}`)
  for (const line of mermaidOfProcessManager(diagram).split("\n").slice(0, 12)) yield* Console.log(`  ${line}`)
})
