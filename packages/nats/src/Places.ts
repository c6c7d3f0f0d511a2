/** Where in a topic somebody begins, and what the topic still has from there on. */
import type { BrokerFailure, Start } from "@eventfold/messaging"
import { Effect } from "effect"
import { endOf } from "./Pack.ts"
import type { Place, TopicLog } from "./TopicLog.ts"
import type { TopicMeta } from "./TopicMeta.ts"

/** The place behind which is what somebody asks for. */
export const placeOf = (log: TopicLog): ((topic: string, from: Start) => Effect.Effect<Place, BrokerFailure>) =>
  Effect.fnUntraced(function* (topic: string, from: Start) {
    const beginning: Place = { position: 0, sequence: 0 }
    if (from === "beginning") return beginning
    const newest = yield* log.last(topic)
    if (newest === undefined) return beginning
    const end: Place = { position: endOf(newest), sequence: newest.sequence }
    if (from === "end") return end
    if ("after" in from) {
      if (from.after >= end.position) return end
      const pack = yield* log.find(topic, newest, (pack) => endOf(pack) > from.after)
      return pack === undefined ? end : { position: from.after, sequence: pack.sequence }
    }
    const since = from.since.epochMilliseconds
    const pack = yield* log.find(topic, newest, (pack) => pack.publishedAt >= since)
    return pack === undefined ? end : { position: pack.first - 1, sequence: pack.sequence }
  })

/** What is left behind a place: messages that were kept when others were removed, and all behind the place that is reached. */
export const keptBehind = (
  place: Place,
  { kept, removed }: Pick<TopicMeta, "kept" | "removed">
): { readonly kept: ReadonlyArray<Place>; readonly reached: Place } =>
  place.position >= removed.position
    ? { reached: place, kept: [] }
    : { reached: removed, kept: kept.filter(({ position }) => position > place.position) }
