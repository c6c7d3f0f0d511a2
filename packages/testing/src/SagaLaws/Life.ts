/**
 * One saga from its start to its end, in memory, under a clock that jumps to whatever is due next. The process that drives
 * it dies where the world says so, and another one goes on from what is stored.
 */
import { Saga } from "@eventfold/decider"
import { EventStore, SnapshotStore, StateCache } from "@eventfold/event-store"
import { Breakers, CommandSender, type SagaRef } from "@eventfold/processes"
import * as SagaDriver from "@eventfold/processes/SagaDriver"
import * as SagaStreams from "@eventfold/processes/SagaStreams"
import { Clock, Deferred, Effect, Exit, Layer, Result, type Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Violation } from "../Law.ts"
import type { World } from "./World.ts"

/** The saga of a life. */
export const ref: SagaRef = { tenant: "laws", id: "saga-1" }

/** More than any saga needs: one that is still not at its end turns in circles. */
const longest = 2_000

/** A saga with what is made of it once for all its lives. */
export interface Kind {
  readonly saga: Saga.AnySaga
  readonly sagas: Saga.SagaSet
  readonly streams: SagaStreams.SagaStreams
}

/** A saga with what is made of it once for all its lives. */
export const kindOf = (saga: Saga.AnySaga): Kind => {
  const sagas = Saga.set([saga])
  return { saga, sagas, streams: SagaStreams.make(sagas) }
}

/** Starts a saga and has it driven until it has ended, or is parked and `onParked` does not have it tried again. */
export const live = Effect.fnUntraced(function* (
  { saga, sagas, streams }: Kind,
  input: Schema.Json,
  world: World,
  onParked: (state: Saga.Started) => Effect.Effect<boolean> = () => Effect.succeed(false)
) {
  const store = yield* EventStore
  const snapshots = yield* SnapshotStore

  /** A process: what it knows in memory is its own. */
  const begin = Effect.gen(function* () {
    const scope = yield* Scope.fork(yield* Effect.scope)
    world.dead = Deferred.makeUnsafe()
    const services = Layer.mergeAll(
      Layer.succeed(EventStore, world.log(store)),
      Layer.succeed(SnapshotStore, snapshots),
      StateCache.layer(),
      Breakers.layer(),
      Layer.succeed(CommandSender, world.sender)
    )
    const context = yield* Layer.buildWithScope(Layer.fresh(services), scope)
    const driver = yield* SagaDriver.make(sagas, streams, { concurrency: 2, room: 10 }).pipe(
      Effect.provideContext(context),
      Scope.provide(scope)
    )
    return { scope, driver, context }
  })

  let node = yield* begin
  for (let turn = 0; turn < longest; turn += 1) {
    const state = yield* streams.load(ref)
    if (state.status === "none") {
      const { name, version } = saga
      const start = { _tag: "Start", saga: name, version, tenant: ref.tenant, input } as const
      yield* streams
        .tell(ref, start, {})
        .pipe(Effect.provideContext(node.context), Effect.raceFirst(Deferred.await(world.dead)))
    } else if (Saga.isEnded(state)) {
      yield* Scope.close(node.scope, Exit.void)
      return state
    } else if (state.status === "parked") {
      if (!(yield* onParked(state))) return state
      yield* streams.tell(ref, { _tag: "Retry" }, {})
    } else {
      yield* jump(sagas, state, node.driver.drives(ref))
      yield* node.driver.wake(ref)
      yield* Effect.raceFirst(Deferred.await(world.dead), idle(node.driver))
    }
    if (Deferred.isDoneUnsafe(world.dead)) {
      yield* Scope.close(node.scope, Exit.void)
      node = yield* begin
    }
  }
  return yield* new Violation({ message: `after ${longest} turns the saga has not ended` })
}, Effect.scoped)

/** Lets the driver work until it has let go of the saga, or only time can help. */
const idle = Effect.fnUntraced(function* (driver: SagaDriver.SagaDriver) {
  for (let yields = 0; yields < 50 && driver.drives(ref); yields += 1) yield* Effect.yieldNow
})

/** Goes on to the time at which the saga is due; at once, if it is or if nothing drives what it does. */
const jump = Effect.fnUntraced(function* (sagas: Saga.SagaSet, state: Saga.Started, driven: boolean) {
  const next = Result.getOrThrow(Saga.next(sagas, state))
  const due = next._tag === "Wait" ? next.until : next._tag === "Send" && driven ? next.deadline : undefined
  const wait = (due?.epochMilliseconds ?? 0) - (yield* Clock.currentTimeMillis)
  if (wait > 0) yield* TestClock.adjust(wait)
})
