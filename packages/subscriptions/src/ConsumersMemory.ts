/**
 * Consumers of the log in memory. They join the transactions of `Transaction.layerMemory`, and leases end by the `Clock`.
 *
 * Nobody waits for a lock: of two transactions that touch the same slice, the one that commits later runs again. Each
 * slice is a reference of its own, so consumers do not disturb one another.
 */
import { compareText } from "@eventfold/decider/RowValue"
import { Clock, DateTime, Duration, Effect, HashMap, Layer, Option, TxRef } from "effect"
import { Consumers, type ConsumerSlice, type ConsumerState, type Lease, type NodePresence } from "./Consumers.ts"

/** Consumers in memory, none at first. */
export const layerMemory: Layer.Layer<Consumers> = Layer.effect(
  Consumers,
  Effect.gen(function* () {
    const consumers = yield* TxRef.make(HashMap.empty<string, ReadonlyArray<Slice>>())
    const epochs = yield* TxRef.make(0)
    const nodes = yield* TxRef.make(HashMap.empty<string, NodePresence & { readonly until: number }>())

    const nextEpoch = TxRef.modify(epochs, (last): [number, number] => [last + 1, last + 1])
    const slicesOf = (consumer: string) =>
      Effect.map(TxRef.get(consumers), (all) =>
        Option.getOrElse(HashMap.get(all, consumer), (): ReadonlyArray<Slice> => [])
      )
    const stateOf = Effect.fnUntraced(function* ({ consumer, slice }: ConsumerSlice) {
      const ref = (yield* slicesOf(consumer))[slice]
      return ref === undefined ? undefined : { ref, state: yield* TxRef.get(ref) }
    })

    /** Changes a slice for who holds its lease in its epoch; answers whether somebody does. */
    const changeOwn = (lease: Lease, change: (state: ConsumerState) => ConsumerState | undefined) =>
      Effect.tx(
        Effect.gen(function* () {
          const found = yield* stateOf(lease)
          if (found === undefined || !isOf(lease, found.state)) return false
          const after = change(found.state)
          if (after === undefined) return false
          yield* TxRef.set(found.ref, after)
          return true
        })
      )

    const states = (wanted?: ReadonlyArray<string>) =>
      Effect.tx(
        Effect.gen(function* () {
          const names = wanted ?? Array.from(HashMap.keys(yield* TxRef.get(consumers)))
          const found: Array<ConsumerState> = []
          for (const name of Array.from(new Set(names)).toSorted(compareText)) {
            for (const slice of yield* slicesOf(name)) found.push(yield* TxRef.get(slice))
          }
          return found
        })
      )

    const acquire = Effect.fnUntraced(function* (slice: ConsumerSlice, owner: string, timeToLive: Duration.Input) {
      const now = yield* Clock.currentTimeMillis
      const found = yield* stateOf(slice)
      if (found === undefined || found.state.stopped) return Option.none<Lease>()
      const { ref, state } = found
      if (state.leasedUntil !== undefined && state.owner !== owner && state.leasedUntil.epochMilliseconds > now) {
        return Option.none<Lease>()
      }
      const epoch = yield* nextEpoch
      yield* TxRef.set(ref, { ...state, owner, epoch, leasedUntil: endOf(now, timeToLive) })
      return Option.some({ consumer: state.consumer, slice: state.slice, owner, epoch, position: state.position })
    })

    return {
      register: (consumer, count, position) =>
        Effect.tx(
          Effect.gen(function* () {
            const slices = Array.from(yield* slicesOf(consumer))
            for (let slice = slices.length; slice < count; slice++) {
              const fresh = { consumer, slice, position, epoch: 0, owner: undefined, leasedUntil: undefined }
              slices.push(yield* TxRef.make<ConsumerState>({ ...fresh, stopped: false }))
            }
            yield* TxRef.update(consumers, (all) => HashMap.set(all, consumer, slices))
          })
        ),
      remove: (consumer) => TxRef.update(consumers, HashMap.remove(consumer)),
      acquire: (...of) => Effect.tx(acquire(...of)),
      renew: (lease, timeToLive) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          changeOwn(lease, (state) => (state.stopped ? undefined : { ...state, leasedUntil: endOf(now, timeToLive) }))
        ),
      release: (lease) => Effect.asVoid(changeOwn(lease, (state) => ({ ...state, leasedUntil: undefined }))),
      revoke: (consumer) =>
        Effect.tx(
          Effect.gen(function* () {
            for (const slice of yield* slicesOf(consumer)) {
              const epoch = yield* nextEpoch
              yield* TxRef.update(slice, (state) => ({ ...state, epoch, leasedUntil: undefined }))
            }
          })
        ),
      advance: (lease, from, to) =>
        changeOwn(lease, (state) => (state.position === from && to >= from ? { ...state, position: to } : undefined)),
      // What a transaction has read is checked when it commits, so reading is enough to keep others out.
      hold: (consumer) => states([consumer]),
      states,
      setStopped: (consumer, stopped) =>
        Effect.tx(
          Effect.gen(function* () {
            for (const slice of yield* slicesOf(consumer))
              yield* TxRef.update(slice, (state) => ({ ...state, stopped }))
          })
        ),
      attend: Effect.fnUntraced(function* (node, hosts, timeToLive) {
        const now = yield* Clock.currentTimeMillis
        const until = now + Duration.toMillis(timeToLive)
        const there = yield* TxRef.modify(nodes, (all) => {
          const rest = HashMap.filter(HashMap.set(all, node, { node, hosts, until }), (one) => one.until > now)
          return [rest, rest]
        })
        const present = Array.from(HashMap.values(there), ({ hosts, node }): NodePresence => ({ node, hosts }))
        return { nodes: present.toSorted((a, b) => compareText(a.node, b.node)), now: DateTime.makeUnsafe(now) }
      }),
      depart: (node) => TxRef.update(nodes, HashMap.remove(node))
    }
  })
)

type Slice = TxRef.TxRef<ConsumerState>

const isOf = ({ epoch }: Lease, state: ConsumerState): boolean =>
  state.epoch === epoch && state.leasedUntil !== undefined

const endOf = (now: number, timeToLive: Duration.Input): DateTime.Utc =>
  DateTime.makeUnsafe(now + Duration.toMillis(timeToLive))
