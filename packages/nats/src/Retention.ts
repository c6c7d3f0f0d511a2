/** Removes from a topic what is old and needed by nobody: first it is noted that it is removed, and then it is. */
import { type BrokerFailure, mostTrimmed } from "@eventfold/messaging"
import { Effect } from "effect"
import { bounds, GroupState } from "./GroupState.ts"
import * as GroupValue from "./GroupValue.ts"
import { endOf, type PackHead } from "./Pack.ts"
import type { States } from "./States.ts"
import type { Subjects } from "./Subjects.ts"
import type { Place, TopicLog } from "./TopicLog.ts"
import * as TopicMeta from "./TopicMeta.ts"

/** What was looked at, and what is to go. */
interface Sweep {
  readonly seen: ReadonlyArray<Place>
  readonly gone: ReadonlyArray<Place>
  /** The batches that were looked at, by their sequences. */
  readonly packs: ReadonlyMap<number, PackHead>
}

/** Removes; answers how many messages. */
export const make = (states: States, log: TopicLog, subjects: Subjects) => {
  const groupsOf = (topic: string, { groups }: TopicMeta.TopicMeta) =>
    Effect.map(
      Effect.forEach(groups, (group) => states.read("trim", subjects.group({ topic, group })), { concurrency: 8 }),
      (found) =>
        found.flatMap(({ bytes, revision }) => (revision === 0 ? [] : [new GroupState(GroupValue.decode(bytes))]))
    )
  /** Looks at what comes behind the place where it was looked the last time. */
  const look = Effect.fnUntraced(function* (topic: string, meta: TopicMeta.TopicMeta, before: number) {
    const groups = yield* groupsOf(topic, meta)
    const reached = Math.min(...groups.map(({ position }) => position))
    const needed = groups.map((group) => group.neededPlaces())
    const isNeeded = ({ position }: Place) => needed.some((places) => places.has(position))
    const seen = meta.kept.filter(({ position }) => position > meta.swept && position <= reached).slice(0, mostTrimmed)
    const packs = new Map<number, PackHead>()
    let behind: Place = meta.removed
    while (seen.length < mostTrimmed && meta.kept.length < bounds.queued) {
      const pack = yield* log.behind(topic, behind)
      if (pack === undefined || pack.publishedAt >= before) break
      packs.set(pack.sequence, pack)
      const from = Math.max(behind.position + 1, pack.first)
      const to = Math.min(endOf(pack), reached, from + mostTrimmed - seen.length - 1)
      for (let position = from; position <= to; position += 1) seen.push({ position, sequence: pack.sequence })
      if (to < endOf(pack)) break
      behind = { position: to, sequence: pack.sequence }
    }
    const sweep: Sweep = { seen, gone: seen.filter((place) => !isNeeded(place)), packs }
    return sweep
  })
  /** Removes batches of which nothing is left. The newest one stays: it says where the topic ends. */
  const remove = Effect.fnUntraced(function* (
    topic: string,
    { gone, packs }: Sweep,
    { kept, removed }: TopicMeta.TopicMeta,
    newest: PackHead
  ) {
    const left = new Set(kept.map(({ sequence }) => sequence))
    // All before the first of which something is left: also what could not be removed when it was noted.
    const first = Math.min(newest.sequence, removed.sequence, kept[0]?.sequence ?? Number.POSITIVE_INFINITY)
    if (first > 1) yield* log.removeBefore(topic, first)
    for (const sequence of new Set(gone.map((place) => place.sequence))) {
      if (left.has(sequence) || sequence >= newest.sequence) continue
      const pack = packs.get(sequence) ?? (sequence < first ? undefined : yield* log.next(topic, sequence))
      if (pack?.sequence === sequence && endOf(pack) <= removed.position) yield* log.remove(topic, pack)
    }
  })

  return (topic: string, before: number): Effect.Effect<number, BrokerFailure> =>
    Effect.gen(function* () {
      const newest = yield* log.last(topic)
      if (newest === undefined) return 0
      const done = yield* states.change("trim", subjects.meta(topic), (state) =>
        Effect.gen(function* () {
          const meta = TopicMeta.decode(state)
          const sweep = yield* look(topic, meta, before)
          const { gone, seen } = sweep
          const last = seen.at(-1)
          const away = new Set(gone.map(({ position }) => position))
          const known = new Set(meta.kept.map(({ position }) => position))
          const kept = [...meta.kept, ...seen.filter(({ position }) => !known.has(position))].filter(
            ({ position }) => !away.has(position)
          )
          const next: TopicMeta.TopicMeta = {
            groups: meta.groups,
            swept: seen.length < mostTrimmed ? 0 : (last?.position ?? 0),
            removed: last !== undefined && last.position > meta.removed.position ? last : meta.removed,
            kept
          }
          const stays = gone.length === 0 && next.swept === meta.swept
          return { answer: { next, sweep }, becomes: stays ? undefined : TopicMeta.encode(next) }
        })
      )
      if (done.sweep.gone.length > 0) yield* remove(topic, done.sweep, done.next, newest)
      return done.sweep.gone.length
    })
}
