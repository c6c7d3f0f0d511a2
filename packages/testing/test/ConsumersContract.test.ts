/** The suite of consumers catches broken layers: for every law there is one that breaks it, and it only. */
import { Transaction } from "@eventfold/event-store"
import { Consumers, type ConsumerSlice, type ConsumerState, type Lease, layerMemory } from "@eventfold/subscriptions"
import { Clock, DateTime, Effect, Layer, Option } from "effect"
import { ConsumersLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"
import { outside, underWay } from "./Faults.ts"

type Port = Consumers["Service"]

interface BrokenConsumers {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<Consumers | Transaction>
}

const sound = Layer.fresh(Layer.merge(layerMemory, Transaction.layerMemory))

/** A row: consumers in memory, with what `wrong` puts in the place of some of their parts. */
const broken = (breaks: string, fault: string, wrong: (port: Port) => Partial<Port>): BrokenConsumers => ({
  breaks,
  fault,
  layer: Layer.effect(
    Consumers,
    Effect.map(Consumers, (port) => ({ ...port, ...wrong(port) }))
  ).pipe(Layer.provideMerge(sound))
})

/** How a slice stands. */
const stateOf = (port: Port, { consumer, slice }: ConsumerSlice) =>
  Effect.map(port.states([consumer]), (states) => states[slice])

/** Takes a lease from whoever has it. */
const force = Effect.fnUntraced(function* (port: Port, ...[slice, owner, timeToLive]: Parameters<Port["acquire"]>) {
  const state = yield* stateOf(port, slice)
  if (state?.owner !== undefined) yield* port.release({ ...state, owner: state.owner })
  return yield* port.acquire(slice, owner, timeToLive)
})

/** A row whose answer to `acquire` is another one in some cases. */
const acquires = (
  breaks: string,
  fault: string,
  wrong: (port: Port, lease: Option.Option<Lease>, ...of: Parameters<Port["acquire"]>) => ReturnType<Port["acquire"]>
) =>
  broken(breaks, fault, (port) => ({
    acquire: (...of) => Effect.flatMap(port.acquire(...of), (lease) => wrong(port, lease, ...of))
  }))

/** A row whose checkpoints move in some cases in which they must not, or the other way round. */
const advances = (
  breaks: string,
  fault: string,
  wrong: (
    port: Port,
    state: ConsumerState | undefined,
    ...of: Parameters<Port["advance"]>
  ) => ReturnType<Port["advance"]>
) =>
  broken(breaks, fault, (port) => ({
    advance: (...of) => Effect.flatMap(stateOf(port, of[0]), (state) => wrong(port, state, ...of))
  }))

const leases: ReadonlyArray<BrokenConsumers> = [
  broken("while a lease is held nobody else gets it", "gives in to whoever asks a second time", (port) => {
    const asked = new Set<string>()
    return {
      acquire: (slice, owner, timeToLive) =>
        Effect.flatMap(port.acquire(slice, owner, timeToLive), (lease) => {
          const name = `${slice.consumer} ${slice.slice} ${owner}`
          if (Option.isSome(lease) || owner !== "two") return Effect.succeed(lease)
          if (asked.has(name)) return force(port, slice, owner, timeToLive)
          asked.add(name)
          return Effect.succeed(lease)
        })
    }
  }),
  broken(
    "the owner of a lease gets it anew, and the one before is worth nothing: it was of another life",
    "renews every lease of the owner",
    (port) => ({
      renew: (lease, timeToLive) =>
        Effect.flatMap(stateOf(port, lease), (state) =>
          port.renew(state?.owner === lease.owner ? { ...lease, epoch: state.epoch } : lease, timeToLive)
        )
    })
  ),
  broken(
    "a lease can be taken by somebody else once its time is up; giving it back afterwards takes nothing from them",
    "gives back whatever lease there is",
    (port) => ({
      release: (lease) =>
        Effect.flatMap(stateOf(port, lease), (state) => port.release({ ...lease, epoch: state?.epoch ?? lease.epoch }))
    })
  ),
  broken(
    "a lease that was given back can be taken by somebody else, and can neither be renewed nor move anything",
    "keeps it until its time is up",
    () => ({ release: () => Effect.void })
  ),
  broken(
    "a lease that was taken away can neither be renewed nor move anything, and the next one has a greater epoch",
    "forgets the slices behind the first",
    (port) => ({
      revoke: (consumer) =>
        Effect.flatMap(stateOf(port, { consumer, slice: 0 }), (state) =>
          state?.owner === undefined ? Effect.void : port.release({ ...state, owner: state.owner })
        )
    })
  ),
  broken("of many who take a lease at the same moment one gets it", "gives it to all", (port) => {
    const during = underWay()
    return {
      acquire: (...of) =>
        during((others) =>
          Effect.filterOrElse(
            port.acquire(...of),
            (lease) => Option.isSome(lease) || !others,
            () => force(port, ...of)
          )
        )
    }
  }),
  broken(
    "every lease has a greater epoch than those before it, also after the consumer was removed and came back",
    "begins anew after a removal",
    (port) => {
      const removed = new Set<string>()
      return {
        remove: (consumer) => Effect.tap(port.remove(consumer), () => Effect.sync(() => removed.add(consumer))),
        acquire: (...of) =>
          Effect.map(
            port.acquire(...of),
            Option.map((lease) => (removed.has(lease.consumer) ? { ...lease, epoch: 1 } : lease))
          )
      }
    }
  ),
  broken(
    "renewing makes a lease end later, also when its time is up and nobody has taken it",
    "adds an hour, whatever is asked for",
    (port) => ({ renew: (lease) => port.renew(lease, "1 hour") })
  ),
  acquires(
    "a slice or a consumer that is not there has no lease",
    "makes up what is not there",
    (port, lease, slice, owner) =>
      Effect.map(stateOf(port, slice), (state) =>
        state === undefined ? Option.some({ ...slice, owner, epoch: 1, position: 0 }) : lease
      )
  ),
  acquires(
    "nobody gets or renews a lease of a consumer that is stopped, until it is started again",
    "lets the owner go on",
    Effect.fnUntraced(function* (port, lease, slice, owner, timeToLive) {
      const state = yield* stateOf(port, slice)
      if (state?.stopped !== true || state.owner !== owner) return lease
      yield* port.setStopped(slice.consumer, false)
      const again = yield* port.acquire(slice, owner, timeToLive)
      yield* port.setStopped(slice.consumer, true)
      return again
    })
  )
]

const nodes: ReadonlyArray<BrokenConsumers> = [
  broken(
    "nodes that are there are told by name, each with what it said last, whoever asks among them",
    "remembers what a node said first",
    (port) => {
      const first = new Map<string, ReadonlyArray<string>>()
      return {
        attend: (node, hosts, timeToLive) => {
          const said = first.get(node) ?? hosts
          first.set(node, said)
          return port.attend(node, said, timeToLive)
        }
      }
    }
  ),
  broken(
    "a node that has left is there no more, nor is one whose time is up; both can come again",
    "waits until its time is up",
    () => ({ depart: () => Effect.void })
  ),
  broken("a node is told what time it is for the store, by which leases end", "tells another time", (port) => ({
    attend: (...of) => Effect.map(port.attend(...of), (there) => ({ ...there, now: DateTime.makeUnsafe("2200-01-01") }))
  }))
]

const checkpoints: ReadonlyArray<BrokenConsumers> = [
  broken(
    "a consumer has the slices it was registered with; registering it again adds those that are missing, and changes none",
    "begins slices that are added at the beginning of the log",
    (port) => ({
      register: (consumer, slices, position) =>
        Effect.flatMap(port.states([consumer]), (states) =>
          port.register(consumer, slices, states.length === 0 ? position : 0)
        )
    })
  ),
  broken("consumers are listed by name and slice: those asked for, or all", "sorts names by UTF-16", (port) => ({
    states: (consumers) =>
      Effect.map(port.states(consumers), (states) =>
        states.toSorted((a, b) => (a.consumer < b.consumer ? -1 : a.consumer > b.consumer ? 1 : a.slice - b.slice))
      )
  })),
  acquires(
    "a checkpoint moves from where it is, and whoever takes the lease next finds it there",
    "says that it is at the beginning of the log",
    (_, lease) => Effect.succeed(Option.map(lease, (found) => ({ ...found, position: 0 })))
  ),
  advances(
    "a checkpoint does not move from where it is not",
    "leaves out what is between",
    (port, state, lease, from, to) => port.advance(lease, Math.min(from, state?.position ?? from), to)
  ),
  advances(
    "a checkpoint never moves backwards; it can stay where it is",
    "says that it does",
    (port, _, lease, from, to) => (to < from ? Effect.succeed(true) : port.advance(lease, from, to))
  ),
  advances(
    "a lease whose time is up moves the checkpoint as long as nobody has taken it",
    "looks at the clock",
    (port, state, ...of) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        (state?.leasedUntil?.epochMilliseconds ?? 0) <= now ? Effect.succeed(false) : port.advance(...of)
      )
  ),
  advances(
    "whose lease was taken by somebody else moves nothing, and leaves nothing when it takes back its transaction",
    "knows a lease by its owner only",
    (port, state, lease, ...to) =>
      port.advance(state?.owner === lease.owner ? { ...lease, epoch: state.epoch } : lease, ...to)
  ),
  advances(
    "of two who move a checkpoint from the same place at the same moment one does",
    "says so to everybody who finds it where it is to go",
    (port, state, lease, from, to) =>
      from < to && state?.position === to ? Effect.succeed(true) : port.advance(lease, from, to)
  ),
  broken("slices have nothing to do with each other, nor have consumers", "cuts long names", (port) => {
    const cut = (name: string) => name.replace("-other", "")
    return {
      register: (consumer, ...of) => port.register(cut(consumer), ...of),
      acquire: (slice, ...of) => port.acquire({ ...slice, consumer: cut(slice.consumer) }, ...of),
      states: (consumers) => port.states(consumers?.map(cut))
    }
  }),
  advances(
    "of a consumer that is removed nothing is left, and the others stay",
    "lets a lease live on",
    (port, state, ...of) => (state === undefined ? Effect.succeed(true) : port.advance(...of))
  ),
  broken("while a consumer is held none of its checkpoints moves, and afterwards they do", "only looks", (port) => ({
    hold: (consumer) => outside(port.hold(consumer)),
    states: (consumers) => outside(port.states(consumers))
  })),
  broken("a transaction that fails changes nothing of any consumer", "stops outside the transaction", (port) => ({
    setStopped: (...of) => outside(port.setStopped(...of))
  }))
]

suite({ of: "consumers", laws: ConsumersLaws.laws, rows: [...leases, ...nodes, ...checkpoints], sound })
