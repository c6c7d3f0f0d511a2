/** Durable timers in memory. They join the transactions of `Transaction.layerMemory`; of two that touch timers, one runs again. */
import { compareText } from "@eventfold/decider/RowValue"
import { Effect, HashMap, Layer, Option, TxRef } from "effect"
import { nameOf, type NewTimer, type ProcessKey, type Timer, Timers } from "./Timers.ts"

/** Timers in memory, none at first. */
export const layerMemory: Layer.Layer<Timers> = Layer.effect(
  Timers,
  Effect.gen(function* () {
    const timers = yield* TxRef.make(HashMap.empty<string, Timer>())
    const all = Effect.map(TxRef.get(timers), (found) => Array.from(HashMap.values(found)))
    /** Takes out what fits. */
    const remove = (fits: (timer: Timer) => boolean) =>
      Effect.tx(
        Effect.gen(function* () {
          const found = (yield* all).filter(fits)
          yield* TxRef.update(timers, (running) => HashMap.removeMany(running, found.map(nameOf)))
          return found
        })
      )

    return Timers.make({
      schedule: (started) =>
        TxRef.update(timers, (running) =>
          started.reduce(
            (rest, timer) =>
              HashMap.set(rest, nameOf(timer), { ...timer, tryAt: timer.dueAt, attempts: 0, error: undefined }),
            running
          )
        ),
      cancel: (keys) => {
        const names = new Set(keys.map(nameOf))
        return Effect.map(
          remove((timer) => names.has(nameOf(timer))),
          (found) => found.length
        )
      },
      cancelAll: (process) =>
        Effect.map(
          remove((timer) => isOf(process, timer)),
          (found) => found.length
        ),
      list: ({ after, dueBefore, limit, manager, process, purpose = "timer", tenant }) =>
        Effect.map(Effect.tx(all), (found) =>
          found
            .filter(
              (timer) =>
                timer.purpose === purpose &&
                (tenant === undefined || timer.tenant === tenant) &&
                (manager === undefined || timer.manager === manager) &&
                (process === undefined || timer.process === process) &&
                (dueBefore === undefined || timer.dueAt.epochMilliseconds < dueBefore.epochMilliseconds) &&
                (after === undefined || compare(timer, after) > 0)
            )
            .toSorted(compare)
            .slice(0, limit)
        ),
      claimDue: ({ limit, managers, now, purpose }) =>
        Effect.tx(
          Effect.gen(function* () {
            const due = (yield* all)
              .filter(
                (timer) =>
                  timer.purpose === purpose &&
                  managers.includes(timer.manager) &&
                  timer.tryAt.epochMilliseconds <= now.epochMilliseconds
              )
              .toSorted((a, b) => a.tryAt.epochMilliseconds - b.tryAt.epochMilliseconds || compare(a, b))
              .slice(0, limit)
            yield* TxRef.update(timers, (running) => HashMap.removeMany(running, due.map(nameOf)))
            return due
          })
        ),
      defer: (timer, tryAt, error) =>
        TxRef.update(timers, (running) =>
          Option.isSome(HashMap.get(running, nameOf(timer)))
            ? running
            : HashMap.set(running, nameOf(timer), { ...timer, tryAt, attempts: timer.attempts + 1, error })
        ),
      next: ({ managers, purpose }) =>
        Effect.map(
          Effect.tx(all),
          (found) =>
            found
              .filter((timer) => timer.purpose === purpose && managers.includes(timer.manager))
              .toSorted((a, b) => a.tryAt.epochMilliseconds - b.tryAt.epochMilliseconds)[0]?.tryAt
        )
    })
  })
)

const isOf = ({ manager, process, tenant }: ProcessKey, timer: Timer): boolean =>
  timer.tenant === tenant && timer.manager === manager && timer.process === process

/** The order of lists. */
const compare = (a: NewTimer, b: NewTimer): number =>
  a.dueAt.epochMilliseconds - b.dueAt.epochMilliseconds ||
  compareText(a.tenant, b.tenant) ||
  compareText(a.manager, b.manager) ||
  compareText(a.process, b.process) ||
  compareText(a.timer, b.timer)
