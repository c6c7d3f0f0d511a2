/** The store with a list of what is asked of it: how many round trips something takes. */
import { Effect } from "effect"
import { EventStore } from "../src/index.ts"

/** What has been asked of the store so far: `append`, or `read` with the number of events that came back. */
export type Calls = Array<string>

/** Runs an effect on the store, and writes down what it asks of it. */
export const counting = (calls: Calls) =>
  Effect.updateService(EventStore, (store) => ({
    ...store,
    append: (stream, expected, events) =>
      Effect.suspend(() => {
        calls.push("append")
        return store.append(stream, expected, events)
      }),
    readPage: (stream, page) =>
      Effect.tap(store.readPage(stream, page), (events) => Effect.sync(() => calls.push(`read ${events.length}`)))
  }))

/** What an effect asks of the store. */
export const callsOf = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
  const calls: Calls = []
  return Effect.as(counting(calls)(effect), calls)
}
