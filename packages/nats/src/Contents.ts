/** Who has a place in a topic, and what the topic keeps, for those who look after it. */
import { type BrokerFailure, type Start, type StoredKeptMessage } from "@eventfold/messaging"
import { Effect } from "effect"
import { endOf, type Pack } from "./Pack.ts"
import * as Places from "./Places.ts"
import type { States } from "./States.ts"
import type { Subjects } from "./Subjects.ts"
import type { Place, TopicLog } from "./TopicLog.ts"
import * as TopicMeta from "./TopicMeta.ts"

/** What is answered of a topic. */
export const make = (states: States, log: TopicLog, subjects: Subjects) => {
  const placeOf = Places.placeOf(log)
  const metaOf = (operation: string, topic: string) =>
    Effect.map(states.read(operation, subjects.meta(topic)), TopicMeta.decode)
  const messageOf = (pack: Pack, position: number): StoredKeptMessage => ({
    position,
    publishedAt: pack.publishedAt,
    text: pack.texts[position - pack.first] ?? ""
  })

  return {
    groups: (topic: string): Effect.Effect<ReadonlyArray<string>, BrokerFailure> =>
      Effect.flatMap(metaOf("groups", topic), ({ groups }) =>
        Effect.filter(
          groups.toSorted(byUnits),
          // One that was removed is noted for longer when who removed it died in between.
          (group) =>
            Effect.map(states.read("groups", subjects.group({ topic, group })), ({ revision }) => revision !== 0),
          { concurrency: 8 }
        )
      ),
    browse: Effect.fnUntraced(function* (topic: string, from: Start, limit: number) {
      const { kept, reached } = Places.keptBehind(yield* placeOf(topic, from), yield* metaOf("browse", topic))
      const found: Array<StoredKeptMessage> = []
      for (const { position, sequence } of kept.slice(0, limit)) {
        const pack = yield* log.behind(topic, { position: position - 1, sequence })
        // It may have been removed since.
        if (pack !== undefined && pack.first <= position) found.push(messageOf(pack, position))
      }
      let behind: Place = reached
      while (found.length < limit) {
        const pack = yield* log.behind(topic, behind)
        if (pack === undefined) break
        const last = Math.min(endOf(pack), Math.max(behind.position, pack.first - 1) + limit - found.length)
        for (let position = Math.max(behind.position + 1, pack.first); position <= last; position += 1) {
          found.push(messageOf(pack, position))
        }
        behind = { position: endOf(pack), sequence: pack.sequence }
      }
      return found
    })
  }
}

/** As every layer sorts names. */
const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
