/**
 * Shares the slices of consumers among the processes of a program: each says twice a second that it is there, sees how all slices
 * stand, and takes and gives up what `Shares` says.
 *
 * Guarantees: a node that joins has its share within a second or so, one that ends is replaced at once, and one that dies or
 * is frozen as soon as its leases have run out, 3 s by default. A slice is given up between two batches, never in one.
 * Placement decides who competes; who may store, the leases decide, so a node that is wrong about who is there does no harm.
 * A slice that stays free for two seconds although it is somebody else's to take is taken by any node that would work for it,
 * which then keeps it for a minute: so long a node that was slow to begin can have less than its share.
 *
 * Costs two statements each time it looks, whatever the number of slices. While the store does not answer, a node keeps what
 * it has.
 *
 * Without this layer a process competes for every slice that is free, and gives none up.
 */
import type { EventStoreFailure } from "@eventfold/event-store"
import { type Cause, Context, Duration, Effect, Latch, Layer, type Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import { Consumers, type ConsumerSlice, type ConsumerState, type NodePresence } from "./Consumers.ts"
import { inTime } from "./InTime.ts"
import * as Nudge from "./Nudge.ts"
import * as Shares from "./Shares.ts"

/** The place of a worker in the competition for its slice. */
export interface Seat {
  /** Whether this process is to take the slice when it is free. */
  readonly isTurn: () => boolean
  /** How the slice stood when it was looked at last; undefined when nobody has looked. */
  readonly seen: () => ConsumerState | undefined
  /** Waits until another node is to work for the slice. */
  readonly wanted: Effect.Effect<void>
}

/** Shares slices among processes. */
export interface Placement {
  /** The text this process owns leases under; undefined when each runner is to make up its own. */
  readonly node: string | undefined
  /** Competes for a slice until the scope closes; `nudge` comes when there is something to do about it. */
  join(slice: ConsumerSlice, nudge: Nudge.Nudge): Effect.Effect<Seat, never, Scope.Scope>
  /** Looks at once rather than in a moment. */
  readonly look: Effect.Effect<void>
  /** How often a node was missing that had been there, as this one has seen; and who is there now, by name. */
  readonly departures: () => number
  readonly nodes: () => ReadonlyArray<string>
}

/** How work is shared. */
export interface PlacementOptions {
  /** The text this process owns leases under: another one for each process. Default: a new one each time. */
  readonly node?: string
  /** How often to look. Default: 500 ms. */
  readonly lookEvery?: Duration.Input
}

/** After so long without a word a node counts as gone: before its leases run out, so that these go to those that are there. */
const thereFor = Duration.seconds(2)

/** After so many looks at which a slice was free, whoever would work for it takes it. */
const patience = 4

/** So many looks it then keeps it, however little others have: who did not take it may not be able to. */
const kept = 120

/** How long a look may take before it counts as failed. */
const lookWithin = Duration.seconds(1.5)

/** How many processes, and what they share. By default everybody takes what is free. */
export const NodePlacement = Context.Reference<Placement>("@eventfold/subscriptions/NodePlacement", {
  defaultValue: () => ({
    node: undefined,
    join: () => Effect.succeed({ isTurn: () => true, seen: () => undefined, wanted: Effect.never }),
    look: Effect.void,
    departures: () => 0,
    nodes: () => []
  })
})

interface Competing extends Seat {
  readonly nudge: Nudge.Nudge
  readonly told: (state: ConsumerState | undefined, plan: { readonly take: boolean; readonly give: boolean }) => boolean
}

/** At how many looks in a row a slice was free, and for how many more it is kept, however little others have. */
interface Watch {
  readonly free: number
  readonly keep: number
}

const seatOf = (nudge: Nudge.Nudge): Competing => {
  const wanted = Latch.makeUnsafe(false)
  let turn = false
  let seen: ConsumerState | undefined
  return {
    nudge,
    isTurn: () => turn,
    seen: () => seen,
    wanted: wanted.await,
    told: (state, { give, take }) => {
      const before = { turn, owner: seen?.owner, stopped: seen?.stopped }
      ;[turn, seen] = [take, state]
      if (give) wanted.openUnsafe()
      else wanted.closeUnsafe()
      return turn !== before.turn || state?.owner !== before.owner || state?.stopped !== before.stopped
    }
  }
}

const keyOf = ({ consumer, slice }: ConsumerSlice): string => `${slice} ${consumer}`

const make = Effect.fnUntraced(function* ({ lookEvery = "500 millis", node: given }: PlacementOptions) {
  const consumers = yield* Consumers
  const node = given ?? SecureRandom.uuidV7Unsafe()
  const seats = new Map<string, { readonly slice: ConsumerSlice; readonly seat: Competing }>()
  const nudge = Nudge.make()
  let nodes: ReadonlyArray<NodePresence> = []
  let [departures, failing] = [0, false]
  const watches = new Map<string, Watch>()

  const look = Effect.gen(function* () {
    const hosts = Array.from(new Set(Array.from(seats.values(), ({ slice: { consumer } }) => consumer)))
    const { nodes: there, now } = yield* inTime(consumers.attend(node, hosts, thereFor), lookWithin)
    const states = yield* inTime(consumers.states(), lookWithin)
    const names = new Set(there.map((one) => one.node))
    departures += nodes.filter((one) => !names.has(one.node)).length
    nodes = there
    const hosted = new Set(there.flatMap((one) => one.hosts))
    const running = states.filter(({ consumer, stopped }) => !stopped && hosted.has(consumer))
    const shared = running.map(({ consumer, leasedUntil, owner, slice }): Shares.SharedSlice => {
      const held = leasedUntil !== undefined && leasedUntil.epochMilliseconds > now.epochMilliseconds
      return { consumer, slice, holder: held ? owner : undefined }
    })
    const { give, take } = Shares.of(node, there, shared)
    const [taking, giving] = [new Set(take.map(keyOf)), new Set(give.map(keyOf))]
    const free = new Set(shared.filter(({ holder }) => holder === undefined).map(keyOf))
    const byKey = new Map(states.map((state) => [keyOf(state), state]))
    for (const [key, { seat }] of seats) {
      const before = watches.get(key) ?? { free: 0, keep: 0 }
      const looks = free.has(key) ? before.free + 1 : 0
      const isLeft = looks >= patience && !taking.has(key)
      const keep = isLeft ? kept : Math.max(0, before.keep - 1)
      watches.set(key, { free: looks, keep })
      const plan = { take: taking.has(key) || isLeft, give: giving.has(key) && keep === 0 }
      if (seat.told(byKey.get(key), plan)) yield* seat.nudge.now
    }
  })

  const failed = Effect.fnUntraced(function* (cause: Cause.Cause<EventStoreFailure | Cause.TimeoutError>) {
    if (!failing) yield* Effect.logWarning("work cannot be shared among nodes: the store does not answer", cause)
    failing = true
  })
  const again = Effect.matchCauseEffect(look, {
    onFailure: failed,
    onSuccess: () => Effect.sync(() => void (failing = false))
  })
  const depart = Effect.ignore(inTime(consumers.depart(node), lookWithin))
  yield* Effect.addFinalizer(() => depart)
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(again, nudge.wait(lookEvery))))

  return {
    node,
    join: (slice, worker) =>
      Effect.acquireRelease(
        Effect.gen(function* () {
          const seat = seatOf(worker)
          seats.set(keyOf(slice), { slice, seat })
          yield* nudge.now
          return seat
        }),
        (seat) =>
          Effect.sync(() => {
            if (seats.get(keyOf(slice))?.seat !== seat) return
            seats.delete(keyOf(slice))
            watches.delete(keyOf(slice))
          }).pipe(Effect.andThen(nudge.now))
      ),
    look: nudge.now,
    departures: () => departures,
    nodes: () => nodes.map((one) => one.node)
  } satisfies Placement
})

/** Shares the slices of this process with the other processes on the same store, for as long as the layer lives. */
export const layer = (options: PlacementOptions = {}): Layer.Layer<never, never, Consumers> =>
  Layer.effect(NodePlacement, make(options))
