/** Where groups begin: makes them, puts them back, and removes them. */
import { type BrokerFailure, type Group, type GroupOptions, type Start, UnknownGroup } from "@eventfold/messaging"
import { Effect } from "effect"
import * as GroupValue from "./GroupValue.ts"
import * as Places from "./Places.ts"
import type { States } from "./States.ts"
import type { Subjects } from "./Subjects.ts"
import type { Place, TopicLog } from "./TopicLog.ts"
import * as TopicMeta from "./TopicMeta.ts"

/** What groups begin with, and how they end. */
export const make = (states: States, log: TopicLog, subjects: Subjects) => {
  const placeOf = Places.placeOf(log)
  /** What a group has that begins there, of what is not removed. */
  const valueOf = (
    options: GroupValue.GroupValue["options"],
    place: Place,
    meta: TopicMeta.TopicMeta
  ): GroupValue.GroupValue => ({ options, ...Places.keptBehind(place, meta), lines: [] })

  /**
   * Stores what a group begins with, and then changes what is noted of the topic: when messages were removed in between, it begins
   * with what is left.
   */
  const begin = Effect.fnUntraced(function* <E>(
    operation: string,
    group: Group,
    from: Start,
    optionsOf: (value: GroupValue.GroupValue | undefined) => GroupValue.GroupValue["options"] | undefined,
    otherwise: Effect.Effect<void, E>
  ) {
    const subject = subjects.meta(group.topic)
    let begun = false
    const missed = yield* states.change(operation, subject, (state) =>
      Effect.gen(function* () {
        const meta = TopicMeta.decode(state)
        const place = yield* placeOf(group.topic, from)
        const outcome = yield* states.change(operation, subjects.group(group), ({ bytes, revision }) =>
          Effect.sync(() => {
            const value = revision === 0 ? undefined : GroupValue.decode(bytes)
            const options = begun && value !== undefined ? value.options : optionsOf(value)
            return options === undefined
              ? { answer: value === undefined ? ("unknown" as const) : ("there" as const) }
              : { answer: "begun" as const, becomes: GroupValue.encode(valueOf(options, place, meta)) }
          })
        )
        begun ||= outcome === "begun"
        // One that is there may not be noted when its maker died in between.
        const stays = outcome === "unknown" || (outcome === "there" && meta.groups.includes(group.group))
        const groups = Array.from(new Set([...meta.groups, group.group]))
        return { answer: outcome !== "begun", becomes: stays ? undefined : TopicMeta.encode({ ...meta, groups }) }
      })
    )
    if (missed) yield* otherwise
  })

  return {
    subscribe: (
      group: Group,
      { from, maxDeliveries, maxInFlight }: Required<GroupOptions>
    ): Effect.Effect<void, BrokerFailure> =>
      begin(
        "subscribe",
        group,
        from,
        (value) => (value === undefined ? { maxDeliveries, maxInFlight } : undefined),
        // It is there already: it keeps its place, and is given the bounds.
        Effect.asVoid(
          states.change("subscribe", subjects.group(group), ({ bytes, revision }) =>
            Effect.sync(() => {
              if (revision === 0) return { answer: false }
              const value = GroupValue.decode(bytes)
              const { options } = value
              return options.maxDeliveries === maxDeliveries && options.maxInFlight === maxInFlight
                ? { answer: true }
                : { answer: true, becomes: GroupValue.encode({ ...value, options: { maxDeliveries, maxInFlight } }) }
            })
          )
        )
      ),
    rewind: (group: Group, from: Start): Effect.Effect<void, UnknownGroup | BrokerFailure> =>
      Effect.andThen(
        begin("rewind", group, from, (value) => value?.options, Effect.fail(new UnknownGroup(group))),
        states.purge(subjects.dead(group, ">"))
      ),
    unsubscribe: (group: Group): Effect.Effect<boolean, BrokerFailure> =>
      Effect.gen(function* () {
        const was = yield* states.change("unsubscribe", subjects.group(group), ({ revision }) =>
          Effect.succeed(revision === 0 ? { answer: false } : { answer: true, becomes: "removed" as const })
        )
        yield* states.change("unsubscribe", subjects.meta(group.topic), (state) =>
          Effect.sync(() => {
            const meta = TopicMeta.decode(state)
            const groups = meta.groups.filter((name) => name !== group.group)
            return groups.length === meta.groups.length
              ? { answer: undefined }
              : { answer: undefined, becomes: TopicMeta.encode({ ...meta, groups }) }
          })
        )
        if (was) yield* states.purge(subjects.dead(group, ">"))
        return was
      })
  }
}
